import base from "./playwright.config";

/** `make lighthouse`: measures, so it is no part of the tests. */
export default { ...base, testDir: "lighthouse", workers: 1, projects: [{ name: "lighthouse" }] };
