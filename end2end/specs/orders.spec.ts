import type { Page } from "@playwright/test";
import { newListing, publish } from "../support/listings";
import { reserve } from "../support/orders";
import { expect, test } from "../support/test";

/** Seconds left of the hold, as the page shows them. */
async function secondsLeft(page: Page): Promise<number> {
  const text = await page.getByRole("timer").innerText();
  const [, minutes, seconds] = /(\d+):([0-5]\d)\b/.exec(text) ?? [];
  expect(minutes, `a time m:ss in "${text}"`).toBeDefined();
  return Number(minutes) * 60 + Number(seconds);
}

test("the time that is left counts down", { tag: "@with-script" }, async ({ visitor }) => {
  const seller = await visitor("Sue Seller");
  const buyer = await visitor("Cid Countdown");
  await reserve(buyer.page, await publish(seller.page, newListing()));
  const before = await secondsLeft(buyer.page);
  expect(before).toBeGreaterThan(840);
  expect(before).toBeLessThanOrEqual(900);
  await expect(async () => {
    expect(await secondsLeft(buyer.page)).toBeLessThanOrEqual(before - 2);
  }).toPass();
});

test("an order is its buyer's and the seller's, and nobody else's", async ({ visitor, stranger }) => {
  const seller = await visitor("Sam Seller");
  const buyer = await visitor("Bob Buyer");
  const other = await visitor("Eve Else");
  const listing = newListing();
  const order = await reserve(buyer.page, await publish(seller.page, listing));

  expect((await other.page.goto(order))?.status()).toBe(404);
  await other.page.goto("/orders");
  await expect(other.page.getByText(listing.title)).toHaveCount(0);
  expect((await seller.page.goto(order))?.status()).toBe(200);
  await expect(seller.page.getByRole("button", { name: "Cancel reservation" })).toHaveCount(0);

  const page = await stranger();
  await page.goto(order);
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText(listing.title)).toHaveCount(0);
});

test("others cannot edit or delete a listing", async ({ visitor }) => {
  const seller = await visitor("Sid Seller");
  const other = await visitor("Mal Meddler");
  const path = await publish(seller.page, newListing());
  await other.page.goto(path);
  await expect(other.page.getByRole("link", { name: "Edit", exact: true })).toHaveCount(0);
  for (const page of ["edit", "delete"]) {
    expect((await other.page.goto(`${path}/${page}`))?.status(), page).toBe(403);
  }
});
