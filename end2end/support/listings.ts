import { randomBytes } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { field } from "./forms";

export type Listing = {
  /** A word that no other listing has in its title. */
  word: string;
  title: string;
  description: string;
  /** As typed: major units with a decimal point. */
  price: string;
  handoverNote: string;
};

export function newListing(overrides: Partial<Listing> = {}): Listing {
  const word = uniqueWord();
  return {
    word,
    title: `Evening with the ${word} quartet`,
    description: "Row 7, two seats from the aisle.",
    price: "42.50",
    handoverNote: `I send the ${word} ticket by e-mail within the hour.`,
    ...overrides,
  };
}

/** Letters only, so that it stays one word wherever words are split. */
export function uniqueWord(): string {
  const letters = [...randomBytes(10)].map((byte) => String.fromCharCode(97 + (byte % 26)));
  return `x${letters.join("")}`;
}

/** Fills in the form of a new listing, where `page` already is. */
export async function fillListing(page: Page, listing: Listing) {
  await field(page, "Title").fill(listing.title);
  await field(page, "Description").fill(listing.description);
  await field(page, "Venue").fill("Massey Hall, Toronto");
  await field(page, "Starts").fill(`${new Date().getFullYear() + 2}-06-01T19:30`);
  const zone = field(page, "Time zone");
  const tag = await zone.evaluate((element) => element.tagName);
  if (tag === "SELECT") await zone.selectOption("America/Toronto");
  else await zone.fill("America/Toronto");
  await field(page, "Price").fill(listing.price);
  await field(page, "Handover note").fill(listing.handoverNote);
}

/** Publishes a listing and returns the path of its page, whether or not it is approved. */
export async function list(page: Page, listing: Listing): Promise<string> {
  await page.goto("/tickets/new");
  await fillListing(page, listing);
  await page.getByRole("button", { name: "Publish listing" }).click();
  await expect(page).not.toHaveURL(/\/tickets\/new/);
  return new URL(page.url()).pathname;
}

/** Publishes a listing and returns the path of its page once it is on the market. */
export async function publish(page: Page, listing: Listing): Promise<string> {
  await list(page, listing);
  return findOnMarket(page, listing);
}

/** The path of a listing's page, waiting for the listing to be approved. */
export async function findOnMarket(page: Page, listing: Listing): Promise<string> {
  const link = page.getByRole("link", { name: listing.title });
  await expect(async () => {
    await page.goto(`/?q=${listing.word}`);
    await expect(link.first()).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 15_000 });
  const href = await link.first().getAttribute("href");
  if (!href) throw new Error("the card has no link");
  return new URL(href, page.url()).pathname;
}
