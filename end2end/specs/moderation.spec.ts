import { expectError, field, submitUnchecked } from "../support/forms";
import { findOnMarket, list, newListing, publish } from "../support/listings";
import { expect, test } from "../support/test";

test("what the rules have doubts about waits for a moderator, and nobody else sees it", async ({ visitor, moderator, stranger }) => {
  const { page } = await visitor("Selma Seller");
  const listing = newListing({ description: "Great seats. Write to me on WhatsApp." });
  const path = await list(page, listing);
  await expect(async () => {
    await page.goto(path);
    await expect(page.getByText("A moderator looks at your listing")).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(page.getByText("reach the seller outside")).toBeVisible();

  const outside = await stranger();
  expect((await outside.goto(path))?.status()).toBe(404);
  expect((await outside.goto(`${path}/report`))?.status()).toBe(404);
  await outside.goto("/moderation");
  await expect(outside).toHaveURL(/\/sign-in/);
  expect((await page.goto("/moderation"))?.status()).toBe(404);
  await expect(page.getByRole("link", { name: "Moderation" })).toHaveCount(0);

  const mo = (await moderator("Mia Moderator")).page;
  await mo.goto("/");
  await mo.getByRole("link", { name: "Moderation" }).click();
  await mo.getByRole("link", { name: listing.title }).click();
  await expect(mo.getByText("WhatsApp").first()).toBeVisible();
  await submitUnchecked(mo, "Decide");
  await expectError(field(mo, "Decision"));
  await field(mo, "Decision").selectOption("reject");
  await submitUnchecked(mo, "Decide");
  await expectError(field(mo, "Explanation"));
  await field(mo, "Explanation").fill("No contact details, please.");
  await mo.getByRole("button", { name: "Decide" }).click();
  await expect(mo.getByText("Your decision is recorded.")).toBeVisible();

  await page.goto(path);
  await expect(page.getByText("Your listing was not accepted.")).toBeVisible();
  await expect(page.getByText("No contact details, please.")).toBeVisible();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await field(page, "Description").fill("Great seats.");
  await page.getByRole("button", { name: "Save changes" }).click();
  expect(await findOnMarket(outside, listing)).toBe(path);
});

test("a listing that is reported is looked at, and removed", async ({ visitor, moderator }) => {
  const seller = (await visitor("Rita Reported")).page;
  const listing = newListing();
  const path = await publish(seller, listing);
  const { page } = await visitor("Rory Reporter");
  await page.goto(path);
  await page.getByRole("link", { name: "Report this listing" }).click();
  await submitUnchecked(page, "Report");
  await expectError(field(page, "What is wrong"));
  await field(page, "What is wrong").selectOption("fraud");
  await field(page, "Tell us more").fill("The venue is closed.");
  await page.getByRole("button", { name: "Report" }).click();
  await expect(page.getByText("Thank you. A moderator will look at it.")).toBeVisible();
  await page.goto(`${path}/report`);
  await field(page, "What is wrong").selectOption("other");
  await page.getByRole("button", { name: "Report" }).click();
  await expect(page.getByText("You have reported this listing.")).toBeVisible();

  const mo = (await moderator("Max Moderator")).page;
  await mo.goto("/moderation");
  await mo.getByRole("link", { name: listing.title }).click();
  await expect(mo.getByText("The venue is closed.")).toBeVisible();
  await field(mo, "Decision").selectOption("remove");
  await field(mo, "Explanation").fill("Not genuine.");
  await mo.getByRole("button", { name: "Decide" }).click();
  await expect(mo.getByText("Your decision is recorded.")).toBeVisible();
  expect((await page.goto(path))?.status()).toBe(404);
  await seller.goto(path);
  await expect(seller.getByText("A moderator has removed your listing.")).toBeVisible();
});
