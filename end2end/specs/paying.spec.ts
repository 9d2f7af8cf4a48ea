import type { Page } from "@playwright/test";
import { expectError, field } from "../support/forms";
import { newListing, publish } from "../support/listings";
import { CARDS, answerBank, fillBilling, fillCard, pay, payButton, reserve } from "../support/orders";
import { expect, test } from "../support/test";

const paid = (page: Page) => page.getByText("Paid. The ticket is yours.");
const alert = (page: Page, text: RegExp) => page.getByRole("alert").filter({ hasText: text });

test.describe("paying", { tag: "@with-script" }, () => {
  test("the bank asks, the buyer agrees, and the ticket is theirs", async ({ visitor }) => {
    const seller = await visitor("Stine Seller");
    const { page } = await visitor("Bo Buyer");
    await reserve(page, await publish(seller.page, newListing()));
    await pay(page, CARDS.asksTheBank);
    await answerBank(page, "Complete");
    await expect(paid(page)).toBeVisible();
    await expect(page.getByText("Ada Lovelace")).toBeVisible();
  });

  test("the bank is refused, and another card is accepted", async ({ visitor }) => {
    const seller = await visitor("Sara Seller");
    const { page } = await visitor("Bill Buyer");
    await reserve(page, await publish(seller.page, newListing()));
    await pay(page, CARDS.asksTheBank);
    await answerBank(page, "Fail");
    await expect(alert(page, /could not confirm that it is you/)).toBeVisible();
    await fillCard(page, CARDS.success);
    await payButton(page).click();
    await expect(paid(page)).toBeVisible();
  });

  test("a reload while the bank asks goes on where it was", async ({ visitor }) => {
    const seller = await visitor("Sam Seller");
    const { page } = await visitor("Berit Buyer");
    await reserve(page, await publish(seller.page, newListing()));
    await pay(page, CARDS.asksTheBank);
    await expect(page.locator('iframe[title="Card authentication, test mode"]')).toBeVisible();
    await page.reload();
    // What was typed is there again, the card is not.
    await expect(field(page, "Name on the card")).toHaveValue("Ada Lovelace");
    await expect(field(page, "State or province")).toHaveValue("ON");
    await page.getByRole("button", { name: "Go on" }).click();
    await answerBank(page, "Complete");
    await expect(paid(page)).toBeVisible();
  });

  test("a reload after a decline says why, and another card is accepted", async ({ visitor }) => {
    const seller = await visitor("Sibyl Seller");
    const { page } = await visitor("Bert Buyer");
    await reserve(page, await publish(seller.page, newListing()));
    await pay(page, CARDS.declined);
    await expect(alert(page, /declined/)).toBeVisible();
    await page.reload();
    await expect(page.getByText(/Last attempt: Your card was declined/)).toBeVisible();
    await fillCard(page, CARDS.success);
    await payButton(page).click();
    await expect(paid(page)).toBeVisible();
    await page.reload();
    await expect(paid(page)).toBeVisible();
  });

  test("a refund that takes its time survives a reload", async ({ visitor }) => {
    const seller = await visitor("Sten Seller");
    const { page } = await visitor("Bodil Buyer");
    await reserve(page, await publish(seller.page, newListing()));
    await pay(page, CARDS.refundTakesTime);
    await expect(paid(page)).toBeVisible();
    await page.getByRole("link", { name: "Refund" }).click();
    await page.getByRole("button", { name: "Refund" }).click();
    await expect(page.getByText("Refund under way")).toBeVisible();
    await page.reload();
    // By itself, when Stripe says so.
    await expect(page.getByText("The full price went back to your card.")).toBeVisible();
  });

  test("a dispute is shown to both, and the refund is gone while it lasts", async ({ visitor }) => {
    const seller = await visitor("Sune Seller");
    const { page } = await visitor("Brit Buyer");
    const order = await reserve(page, await publish(seller.page, newListing()));
    await pay(page, CARDS.disputed);
    await expect(paid(page)).toBeVisible();
    for (const party of [page, seller.page]) {
      // Stripe tells of it some time after the payment.
      await expect(async () => {
        await party.goto(order);
        await expect(party.getByText(/disputes this payment/)).toBeVisible({ timeout: 1_000 });
      }).toPass();
      await expect(party.getByRole("link", { name: "Refund" })).toHaveCount(0);
    }
    await page.goto(`${order}/refund`);
    await expect(page.getByRole("button", { name: "Refund" })).toHaveCount(0);
    await expect(page.getByText(/its payment is disputed/)).toBeVisible();
  });

  test("a double click and a second tab make one charge", async ({ visitor, charges }) => {
    const seller = await visitor("Sven Seller");
    const { page } = await visitor("Britt Buyer");
    const order = await reserve(page, await publish(seller.page, newListing()));
    const second = await page.context().newPage();
    await second.goto(order);
    for (const tab of [page, second]) {
      await fillBilling(tab);
      await fillCard(tab, CARDS.success);
    }
    // At once, before one of them sees that the other has paid.
    const twice = (button: HTMLElement) => [button.click(), button.click()];
    await Promise.all([page, second].map((tab) => payButton(tab).evaluate(twice)));
    // Each of them shows how it ended, whoever was first.
    await expect(paid(page)).toBeVisible();
    await expect(paid(second)).toBeVisible();
    expect(await charges(order)).toEqual(["succeeded"]);
  });

  test("a tab that only looks on follows", async ({ visitor }) => {
    const seller = await visitor("Sia Seller");
    const { page } = await visitor("Bror Buyer");
    const order = await reserve(page, await publish(seller.page, newListing()));
    const second = await page.context().newPage();
    await second.goto(order);
    await expect(payButton(second)).toBeVisible();
    await pay(page, CARDS.success);
    await expect(paid(page)).toBeVisible();
    await expect(paid(second)).toBeVisible();
  });

  test("an address is checked by its country, at the field", async ({ visitor }) => {
    const seller = await visitor("Sol Seller");
    const { page } = await visitor("Beth Buyer");
    await reserve(page, await publish(seller.page, newListing()));
    await expect(field(page, "State or province")).toHaveCount(0);
    await fillCard(page, CARDS.success);
    await payButton(page).click();
    for (const name of ["Name on the card", "Country", "Street", "City"]) {
      await expectError(field(page, name));
    }
    await fillBilling(page);
    await field(page, "Postal code").fill("12345");
    await payButton(page).click();
    await expectError(field(page, "Postal code"), /not a postal code/);
    await field(page, "Country").selectOption("HK");
    await expect(field(page, "Postal code")).toHaveCount(0);
    await field(page, "Country").selectOption("DE");
    await expect(field(page, "State or province")).toHaveCount(0);
    await field(page, "Postal code").fill("10115");
    await payButton(page).click();
    await expect(paid(page)).toBeVisible();
    await expect(page.getByText("Toronto 10115")).toBeVisible();
  });
});
