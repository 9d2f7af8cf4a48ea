import type { Page } from "@playwright/test";
import { fillListing, newListing, publish } from "../support/listings";
import { CARDS, pay, reserve } from "../support/orders";
import { field } from "../support/forms";
import { expect, test } from "../support/test";

const card = (page: Page, title: string) => page.locator(".card").filter({ hasText: title });

/** Opens a page and waits until it is told of changes. */
async function open(page: Page, path: string) {
  const told = page.waitForResponse((answer) => answer.url().includes("/live") && answer.status() === 200);
  await page.goto(path);
  await told;
}

test.describe("open pages", { tag: "@with-script" }, () => {
  test("a card follows its ticket: reserved, back, sold", async ({ visitor, stranger }) => {
    const seller = await visitor("Lia Live");
    const buyer = await visitor("Leo Live");
    const listing = newListing();
    const path = await publish(seller.page, listing);
    const page = await stranger();
    await open(page, `/?q=${listing.word}`);
    const shown = card(page, listing.title);
    await expect(shown).toHaveCount(1);

    const order = await reserve(buyer.page, path);
    await expect(shown).toContainText("Reserved");
    await buyer.page.getByRole("button", { name: "Cancel reservation" }).click();
    await expect(shown).not.toContainText("Reserved");
    await expect(buyer.page).toHaveURL(new RegExp(order));

    const other = await visitor("Lou Live");
    await reserve(other.page, path);
    await pay(other.page, CARDS.success);
    await expect(other.page.getByText("Paid. The ticket is yours.")).toBeVisible();
    await expect(shown).toContainText("Sold");
  });

  test("a card shows what its seller edits, and says when it is gone", async ({ visitor, stranger }) => {
    const seller = await visitor("Eva Edits");
    const listing = newListing();
    const path = await publish(seller.page, listing);
    const page = await stranger();
    await open(page, `/?q=${listing.word}`);
    await seller.page.goto(`${path}/edit`);
    await field(seller.page, "Price").fill("39.00");
    await seller.page.getByRole("button", { name: "Save changes" }).click();
    await expect(card(page, listing.title)).toContainText("39.00");
    await expect(seller.page).toHaveURL(new RegExp(`${path}$`));
    await seller.page.goto(`${path}/delete`);
    await seller.page.getByRole("button", { name: "Delete listing" }).click();
    await expect(card(page, listing.title)).toContainText("No longer offered");
  });

  test("new listings are announced and move nothing until they are asked for", async ({ visitor, stranger }) => {
    const seller = await visitor("Nia New");
    const page = await stranger();
    await open(page, "/");
    const before = await page.locator(".card h3").allInnerTexts();
    const listing = newListing();
    await seller.page.goto("/tickets/new");
    await fillListing(seller.page, listing);
    await seller.page.getByRole("button", { name: "Publish listing" }).click();
    const bar = page.getByRole("button", { name: /new listing/ });
    await expect(bar).toBeVisible();
    expect(await page.locator(".card h3").allInnerTexts()).toEqual(before);
    await bar.click();
    await expect(page.locator(".card h3").first()).toHaveText(listing.title);
    await expect(bar).toHaveCount(0);
  });

  test("a ticket's page follows it, and a price that changed is asked about", async ({ visitor }) => {
    const seller = await visitor("Pia Price");
    const buyer = await visitor("Pim Price");
    const other = await visitor("Pam Price");
    const path = await publish(seller.page, newListing({ price: "20.00" }));
    await open(buyer.page, path);
    await seller.page.goto(`${path}/edit`);
    await field(seller.page, "Price").fill("25.00");
    await seller.page.getByRole("button", { name: "Save changes" }).click();
    await expect(buyer.page.getByText(/changed the price from .*20\.00.* to .*25\.00/)).toBeVisible();
    await expect(buyer.page.getByRole("button", { name: /^Reserve/ })).toHaveCount(0);
    await buyer.page.getByRole("button", { name: "Go on with the new price" }).click();
    await expect(buyer.page.getByRole("button", { name: /^Reserve/ })).toBeVisible();
    await reserve(other.page, path);
    await expect(buyer.page.getByText("Somebody is buying this right now.")).toBeVisible();
  });

  test("a page is right again after its connection was lost", async ({ visitor, stranger }) => {
    const seller = await visitor("Cia Cut");
    const buyer = await visitor("Cas Cut");
    const listing = newListing();
    const path = await publish(seller.page, listing);
    const page = await stranger();
    await open(page, `/?q=${listing.word}`);
    await page.context().setOffline(true);
    await reserve(buyer.page, path);
    await page.context().setOffline(false);
    await expect(card(page, listing.title)).toContainText("Reserved");
  });

  test("a page that nobody looks at is not told, and is right when somebody does", async ({ visitor, stranger }) => {
    const seller = await visitor("Hia Hidden");
    const buyer = await visitor("Hal Hidden");
    const listing = newListing();
    const path = await publish(seller.page, listing);
    const page = await stranger();
    await open(page, `/?q=${listing.word}`);
    const hide = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }, hidden);
    await hide(true);
    await reserve(buyer.page, path);
    await expect(card(page, listing.title)).not.toContainText("Reserved");
    await hide(false);
    await expect(card(page, listing.title)).toContainText("Reserved");
  });
});
