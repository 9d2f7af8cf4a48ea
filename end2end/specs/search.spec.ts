import type { Page } from "@playwright/test";
import { expectError } from "../support/forms";
import { newListing, publish } from "../support/listings";
import { expect, test } from "../support/test";

const titles = (page: Page) => page.locator(".card h3");
const chip = (page: Page, text: string) => page.getByRole("list", { name: "Active filters" }).getByRole("link", { name: text });

/** Opens what narrows the search down, if it is folded. */
async function unfold(page: Page) {
  const details = page.locator("details.narrow-down");
  if ((await details.getAttribute("open")) === null) await details.locator("summary").click();
}

test("filters and order are in the address, and each can be taken away", async ({ visitor, stranger }) => {
  const { page: seller } = await visitor("Fay Filter");
  const { word } = newListing();
  for (const price of ["10.00", "30.00", "20.00"]) {
    await publish(seller, newListing({ word, title: `The ${word} for ${price}`, price }));
  }
  const page = await stranger();
  await page.goto("/");
  await unfold(page);
  await page.getByRole("searchbox").fill(word);
  await page.getByLabel(/^Price from/).fill("15");
  await page.getByLabel("Order").selectOption("cheapest");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL(/price_from=15/);
  await expect(page).toHaveURL(/sort=cheapest/);
  await expect(page.locator(".card")).toHaveCount(2);
  await expect(titles(page)).toHaveText([`The ${word} for 20.00`, `The ${word} for 30.00`]);
  await expect(page.getByText("2 tickets")).toBeVisible();

  await page.reload();
  await expect(titles(page)).toHaveText([`The ${word} for 20.00`, `The ${word} for 30.00`]);
  await chip(page, "from 15").click();
  await expect(page).not.toHaveURL(/price_from/);
  await expect(page).toHaveURL(/sort=cheapest/);
  await expect(page.locator(".card")).toHaveCount(3);

  await page.goto(`/?q=${word}&sort=dearest&price_to=20`);
  await expect(titles(page)).toHaveText([`The ${word} for 20.00`, `The ${word} for 10.00`]);
  await page.goto(`/?q=${word}&from=2100-01-01`);
  await expect(page.getByText("No ticket on the market matches")).toBeVisible();
  await chip(page, "on or after 1 Jan 2100").click();
  await expect(page.locator(".card")).toHaveCount(3);
});

test("a filter that is none is refused at its field", async ({ stranger }) => {
  const page = await stranger();
  const answer = await page.goto("/?price_from=cheap&to=tomorrow");
  expect(answer?.status()).toBe(422);
  await expectError(page.getByLabel(/^Price from/));
  await expectError(page.getByLabel("Event until"), /date/);
  await expect(page.getByLabel(/^Price from/)).toHaveValue("cheap");
});

test("what is typed is looked for while it is typed", { tag: "@with-script" }, async ({ visitor, stranger }) => {
  const { page: seller } = await visitor("Tia Typed");
  const wanted = newListing();
  await publish(seller, wanted);
  const page = await stranger();
  await page.goto("/", { waitUntil: "networkidle" });
  await page.getByRole("searchbox").pressSequentially(wanted.word.slice(0, 8));
  await expect(page.locator(".card")).toHaveCount(1);
  await expect(titles(page)).toHaveText([wanted.title]);
  await expect(page).toHaveURL(new RegExp(`q=${wanted.word.slice(0, 8)}$`));
  await page.getByRole("searchbox").fill("");
  await expect(page.locator(".card")).toHaveCount(24);
  await expect(page).not.toHaveURL(/q=/);
});
