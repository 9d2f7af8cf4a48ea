import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { newListing, publish } from "../support/listings";
import { expect, test } from "../support/test";

/** The least score of each category, in hundredths. */
const LEAST = { performance: 95, accessibility: 100, "best-practices": 95, seo: 100 };

/** Lighthouse emulates a phone on a slow network, unless it is told otherwise. */
async function scores(url: string): Promise<Record<string, number>> {
  const chrome = await launch({
    chromePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
  try {
    const result = await lighthouse(url, { port: chrome.port, onlyCategories: Object.keys(LEAST), logLevel: "error" });
    if (!result) throw new Error("no result");
    const { audits, categories } = result.lhr;
    for (const audit of Object.values(audits)) {
      const failed = audit.score !== null && audit.score < 0.9;
      if (failed) console.log(`  ${audit.id}: ${audit.displayValue ?? audit.title}`);
    }
    return Object.fromEntries(
      Object.entries(categories).map(([name, { score }]) => [name, Math.round((score ?? 0) * 100)]),
    );
  } finally {
    chrome.kill();
  }
}

test("Lighthouse is content with the market and with a ticket", async ({ baseURL, visitor }) => {
  const { page } = await visitor("Sina Seller");
  const ticket = await publish(page, newListing());
  for (const path of ["/", ticket]) {
    const found = await scores(baseURL + path);
    console.log(path === "/" ? "market" : "ticket", found);
    for (const [name, least] of Object.entries(LEAST)) {
      expect.soft(found[name], `${name} of ${path}`).toBeGreaterThanOrEqual(least);
    }
  }
});
