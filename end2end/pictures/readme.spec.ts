import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "@playwright/test";
import sharp from "sharp";
import { newListing, publish } from "../support/listings";
import { CARDS, fillBilling, fillCard, payButton, reserve } from "../support/orders";
import { REPOSITORY } from "../support/process";
import { expect, test } from "../support/test";

const FOLDER = join(REPOSITORY, "docs/pictures");
const QUALITY = { quality: 82, effort: 6 };

test.beforeAll(() => mkdirSync(FOLDER, { recursive: true }));

/** Looks at `path` and keeps what is seen. */
async function keep(browser: Browser, name: string, url: string, options: BrowserContextOptions) {
  const context = await browser.newContext({ deviceScaleFactor: 2, ...options });
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(() => document.fonts.ready);
  await save(name, await page.screenshot({ animations: "disabled" }));
  await context.close();
}

async function save(name: string, png: Buffer) {
  await sharp(png).webp(QUALITY).toFile(join(FOLDER, `${name}.webp`));
}

test("the market, dark, light and on a phone", async ({ browser, baseURL }) => {
  const viewport = { width: 1280, height: 800 };
  await keep(browser, "market-dark", `${baseURL}/`, { viewport, colorScheme: "dark" });
  await keep(browser, "market-light", `${baseURL}/?sort=soonest`, { viewport, colorScheme: "light" });
  const phone = { viewport: { width: 390, height: 844 }, colorScheme: "dark" as const };
  await keep(browser, "phone", `${baseURL}/`, phone);
  await keep(browser, "phone-french", `${baseURL}/`, { ...phone, colorScheme: "light", locale: "fr-CA" });
});

test("a ticket is reserved, paid for, and sold in the other window", async ({ browser, baseURL, visitor }) => {
  const { page: seller } = await visitor("Mira");
  const { page: buyer } = await visitor("Noor");
  const listing = newListing({ title: "Midnight Choir, front row", word: "midnight", price: "64.00" });
  const path = await publish(seller, listing);
  const size = { width: 560, height: 640 };
  const context = await browser.newContext({ baseURL, viewport: size, colorScheme: "dark" });
  const other = await context.newPage();
  await buyer.setViewportSize(size);
  await buyer.emulateMedia({ colorScheme: "dark" });
  await other.goto(`/?q=${listing.word}`);
  await other.locator(".card").first().scrollIntoViewIfNeeded();

  const frames: { picture: Buffer; delay: number }[] = [];
  const frame = async (delay: number) => frames.push({ picture: await beside(buyer, other, size), delay });

  await buyer.goto(path);
  await frame(1800);
  await buyer.getByRole("button", { name: "Reserve" }).hover();
  await frame(500);
  await reserve(buyer, path);
  await expect(other.locator(".card .state")).toHaveText("Reserved");
  await frame(1800);
  await fillBilling(buyer);
  await frame(700);
  await fillCard(buyer, CARDS.success);
  await payButton(buyer).scrollIntoViewIfNeeded();
  await frame(1400);
  await payButton(buyer).click();
  await expect(buyer.getByText(listing.handoverNote)).toBeVisible();
  await expect(other.locator(".card .state")).toHaveText("Sold");
  await buyer.evaluate(() => scrollTo(0, 0));
  await frame(3200);

  await sharp(frames.map(({ picture }) => picture), { join: { animated: true } })
    .webp({ ...QUALITY, quality: 70, delay: frames.map(({ delay }) => delay), loop: 0 })
    .toFile(join(FOLDER, "buying.webp"));
  await save("receipt", await buyer.screenshot({ fullPage: true }));
  await context.close();
});

/** What two windows show, one beside the other. */
async function beside(left: Page, right: Page, { width, height }: { width: number; height: number }) {
  const gap = 12;
  const [one, two] = await Promise.all([left, right].map((page) => page.screenshot()));
  return sharp({ create: { width: 2 * width + gap, height, channels: 3, background: "#7f8c99" } })
    .composite([
      { input: one, left: 0, top: 0 },
      { input: two, left: width + gap, top: 0 },
    ])
    .png()
    .toBuffer();
}
