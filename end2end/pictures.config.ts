import base from "./playwright.config";

/** `make pictures`: what the README shows, taken of the real pages. */
export default { ...base, testDir: "pictures", workers: 1, projects: [{ name: "pictures" }] };
