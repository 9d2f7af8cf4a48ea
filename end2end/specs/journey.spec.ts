import { field } from "../support/forms";
import { findOnMarket, newListing, publish } from "../support/listings";
import { CARDS, pay, reserve } from "../support/orders";
import { expect, test } from "../support/test";

test("a ticket is listed, found, reserved and refused to others", async ({ visitor, javaScriptEnabled }) => {
  const seller = await visitor("Sanna Seller");
  const buyer = await visitor("Bela Buyer");
  const late = await visitor("Lena Late");
  const listing = newListing();
  const path = await publish(seller.page, listing);

  expect(await findOnMarket(late.page, listing)).toBe(path);
  await late.page.goto(path);
  await expect(late.page.getByRole("heading", { name: listing.title })).toBeVisible();
  await expect(late.page.getByText("42.50").first()).toBeVisible();

  const order = await reserve(buyer.page, path);
  await expect(buyer.page.getByText(listing.title).first()).toBeVisible();
  await expect(buyer.page.getByText(/\b14:\d\d\b|\b15:00\b/).first()).toBeVisible();
  await expect(buyer.page.getByRole("button", { name: "Cancel reservation" })).toBeVisible();

  // The page that was opened before follows; without script the ticket still looks free.
  if (javaScriptEnabled === false) {
    await late.page.getByRole("button", { name: /^Reserve/ }).click();
    await expect(late.page.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  }
  await expect(late.page.getByText("Somebody is buying this right now.")).toBeVisible();
  await expect(late.page).not.toHaveURL(/\/orders/);

  await buyer.page.goto("/orders");
  await buyer.page.getByRole("link", { name: /Resume/ }).click();
  await expect(buyer.page).toHaveURL(new RegExp(`${order}$`));
});

test("a declined card can be followed by another within the same hold", { tag: "@with-script" }, async ({ visitor }) => {
  const seller = await visitor("Sven Seller");
  const buyer = await visitor("Bea Buyer");
  const listing = newListing();
  const path = await publish(seller.page, listing);
  const order = await reserve(buyer.page, path);
  await expect(buyer.page.getByText(listing.handoverNote)).toHaveCount(0);

  await pay(buyer.page, CARDS.declined);
  await expect(buyer.page.getByRole("alert").filter({ hasText: /declined/i })).toBeVisible();
  await pay(buyer.page, CARDS.insufficientFunds);
  await expect(buyer.page.getByRole("alert").filter({ hasText: /insufficient/i })).toBeVisible();
  await pay(buyer.page, CARDS.success);

  await expect(buyer.page.getByText(listing.handoverNote)).toBeVisible();
  await expect(buyer.page).toHaveURL(new RegExp(`${order}$`));
  await expect(buyer.page.getByText("42.50").first()).toBeVisible();
  await expect(buyer.page.getByRole("button", { name: "Cancel reservation" })).toHaveCount(0);

  await seller.page.goto("/listings");
  const row = seller.page.getByRole("main").getByRole("listitem").filter({ hasText: listing.title });
  await expect(row).toContainText(/sold/i);
  await expect(row).toContainText("Hand it over as your note says.");
});

test("a refund gives the price back and puts the ticket on the market again", { tag: "@with-script" }, async ({ visitor }) => {
  const seller = await visitor("Stig Seller");
  const buyer = await visitor("Bodil Buyer");
  const listing = newListing();
  const path = await publish(seller.page, listing);
  const order = await reserve(buyer.page, path);
  await pay(buyer.page, CARDS.success);
  await expect(buyer.page.getByText(listing.handoverNote)).toBeVisible();
  expect((await seller.page.goto(`${order}/refund`))?.status()).toBe(200);
  await expect(seller.page.getByRole("button", { name: "Refund" })).toHaveCount(0);

  // The page that asks, where there is no script; a dialog on this one, where there is.
  expect((await buyer.page.goto(`${order}/refund`))?.status()).toBe(200);
  await expect(buyer.page.getByText("42.50")).toBeVisible();
  await buyer.page.getByRole("link", { name: "Keep the ticket" }).click();
  const dialog = buyer.page.getByRole("dialog", { name: "Give the ticket back?" });
  await expect(async () => {
    await buyer.page.goto(order);
    await buyer.page.getByRole("link", { name: "Refund" }).click();
    await expect(dialog).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await buyer.page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await buyer.page.getByRole("link", { name: "Refund" }).click();
  await dialog.getByRole("button", { name: "Refund" }).click();
  await expect(buyer.page).toHaveURL(new RegExp(`${order}$`));
  await expect(buyer.page.getByText("Refunded")).toBeVisible();
  await expect(buyer.page.getByText(listing.handoverNote)).toHaveCount(0);
  await expect(buyer.page.getByRole("link", { name: "Refund" })).toHaveCount(0);
  expect(await findOnMarket(seller.page, listing)).toBe(path);
});

test("the card element says that it needs script", { tag: "@without-script" }, async ({ visitor }) => {
  const seller = await visitor("Siri Seller");
  const buyer = await visitor("Bruno Buyer");
  await reserve(buyer.page, await publish(seller.page, newListing()));
  await expect(buyer.page.getByText(/JavaScript/i).first()).toBeVisible();
});

test("a cancelled reservation returns the ticket to the market", async ({ visitor }) => {
  const seller = await visitor("Sol Seller");
  const buyer = await visitor("Ben Buyer");
  const other = await visitor("Olga Other");
  const listing = newListing();
  const path = await publish(seller.page, listing);
  const order = await reserve(buyer.page, path);

  await buyer.page.getByRole("button", { name: "Cancel reservation" }).click();
  await expect(buyer.page.getByText(/cancelled/i).first()).toBeVisible();
  await expect(buyer.page).toHaveURL(/\/orders/);
  expect(await reserve(other.page, path)).not.toBe(order);
});

test("nobody is offered their own ticket", async ({ visitor }) => {
  const seller = await visitor("Sia Seller");
  await seller.page.goto(await publish(seller.page, newListing()));
  await expect(seller.page.getByRole("link", { name: "Edit", exact: true })).toBeVisible();
  await expect(seller.page.getByRole("button", { name: /^Reserve/ })).toHaveCount(0);
  await expect(field(seller.page, "Title")).toHaveCount(0);
});
