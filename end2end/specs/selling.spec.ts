import { expectError, field, submitUnchecked } from "../support/forms";
import { fillListing, findOnMarket, newListing, publish } from "../support/listings";
import { expect, test } from "../support/test";

test("a refused listing keeps what was typed, each error at its field", async ({ visitor }) => {
  const { page } = await visitor("Finn Form");
  const listing = newListing({ title: "ab", price: "19.999" });
  await page.goto("/tickets/new");
  await fillListing(page, listing);
  await submitUnchecked(page, "Publish listing");

  await expectError(field(page, "Title"));
  await expectError(field(page, "Price"));
  await expect(field(page, "Venue")).not.toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "Title")).toHaveValue("ab");
  await expect(field(page, "Price")).toHaveValue("19.999");
  await expect(field(page, "Venue")).toHaveValue("Massey Hall, Toronto");
  await expect(field(page, "Handover note")).toHaveValue(listing.handoverNote);

  await field(page, "Title").fill(newListing().title);
  await field(page, "Price").fill("19,99");
  await page.getByRole("button", { name: "Publish listing" }).click();
  await expect(page).not.toHaveURL(/\/tickets\/new/);
});

test("a price that is none is refused at its field", async ({ visitor }) => {
  const { page } = await visitor("Prue Price");
  for (const price of ["0", "-1", "1e3", "1,000.00", "nineteen"]) {
    await page.goto("/tickets/new");
    await fillListing(page, newListing({ price }));
    await submitUnchecked(page, "Publish listing");
    await expectError(field(page, "Price"));
    await expect(field(page, "Price")).toHaveValue(price);
  }
});

test("markup in a listing is text", async ({ visitor }) => {
  const { page } = await visitor("Max Markup");
  const listing = newListing();
  listing.title = `<img src=x onerror=alert(1)> ${listing.word}`;
  await page.goto(await publish(page, listing));
  await expect(page.getByRole("heading", { name: listing.title })).toBeVisible();
  await expect(page.locator("img[onerror]")).toHaveCount(0);
});

test("the owner edits a listing", async ({ visitor, stranger }) => {
  const { page } = await visitor("Edda Editor");
  const listing = newListing();
  const path = await publish(page, listing);
  await page.goto(path);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${path}/edit$`));
  await expect(field(page, "Title")).toHaveValue(listing.title);
  await expect(field(page, "Price")).toHaveValue(listing.price);

  const changed = { ...listing, title: `${listing.title}, second row`, price: "38.25" };
  await field(page, "Title").fill(changed.title);
  await field(page, "Price").fill(changed.price);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).not.toHaveURL(/\/edit$/);

  const reader = await stranger();
  expect(await findOnMarket(reader, changed)).toBe(path);
  await reader.goto(path);
  await expect(reader.getByText("38.25").first()).toBeVisible();
});

test("an edit of an older version is refused and shows the newer values", async ({ visitor }) => {
  const { page } = await visitor("Stan Stale");
  const listing = newListing();
  const path = await publish(page, listing);
  const other = await page.context().newPage();
  await page.goto(`${path}/edit`);
  await other.goto(`${path}/edit`);

  await field(page, "Price").fill("11.00");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).not.toHaveURL(/\/edit$/);

  await field(other, "Price").fill("12.00");
  await other.getByRole("button", { name: "Save changes" }).click();
  await expect(other.getByRole("alert").filter({ hasText: /\S/ })).toBeVisible();
  await expect(other.getByText("11.00").or(other.locator('input[value="11.00"]')).first()).toBeVisible();
});

test("of two versions of a field the seller takes one", { tag: "@with-script" }, async ({ visitor }) => {
  const { page } = await visitor("Cho Chooser");
  const path = await publish(page, newListing());
  const other = await page.context().newPage();
  await other.goto(`${path}/edit`);
  await page.goto(`${path}/edit`);
  await field(page, "Price").fill("11.00");
  await field(page, "Venue").fill("Roy Thomson Hall");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page).not.toHaveURL(/\/edit$/);

  await field(other, "Price").fill("12.00");
  await field(other, "Venue").fill("Koerner Hall");
  await other.getByRole("button", { name: "Save changes" }).click();
  await other.locator(".now").filter({ hasText: "11.00" }).getByRole("button", { name: "Use this" }).click();
  await expect(field(other, "Price")).toHaveValue("11.00");
  await expect(field(other, "Venue")).toHaveValue("Koerner Hall");
  await other.getByRole("button", { name: "Save changes" }).click();
  await expect(other).not.toHaveURL(/\/edit$/);
  await expect(other.getByText("Koerner Hall").first()).toBeVisible();
  await expect(other.getByText("11.00").first()).toBeVisible();
});

test("deleting a listing asks first", async ({ visitor, stranger }) => {
  const { page } = await visitor("Dag Delete");
  const path = await publish(page, newListing());
  await page.goto(path);
  await page.getByRole("link", { name: "Delete", exact: true }).click();
  const confirm = page.getByRole("button", { name: "Delete listing" });
  await expect(confirm).toBeVisible();
  expect((await page.request.get(path)).status()).toBe(200);

  await confirm.click();
  await expect(confirm).toHaveCount(0);
  const reader = await stranger();
  expect((await reader.goto(path))?.status()).toBe(404);
});

test("what asks before a listing is deleted is left with the keyboard", { tag: "@with-script" }, async ({ visitor }) => {
  const { page } = await visitor("Kay Keyboard");
  const path = await publish(page, newListing());
  await page.goto(path, { waitUntil: "networkidle" });
  const link = page.getByRole("link", { name: "Delete", exact: true });
  await link.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Delete this listing?" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(link).toBeFocused();
  expect((await page.request.get(path)).status()).toBe(200);
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Delete listing" }).click();
  await expect(page).toHaveURL(/\/listings/);
  await expect(page.getByRole("status").filter({ hasText: "The listing is deleted." })).toBeVisible();
});
