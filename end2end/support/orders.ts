import { expect, type Locator, type Page } from "@playwright/test";
import { field } from "./forms";

export const CARDS = {
  success: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  insufficientFunds: "4000 0000 0000 9995",
  asksTheBank: "4000 0027 6000 3184",
  refundTakesTime: "4000 0000 0000 7726",
  disputed: "4000 0000 0000 0259",
};

/** Reserves the ticket at `path` and returns the path of the order. */
export async function reserve(page: Page, path: string): Promise<string> {
  await page.goto(path);
  await page.getByRole("button", { name: /^Reserve/ }).click();
  await expect(page).toHaveURL(/\/orders\/[^/?]+/);
  return new URL(page.url()).pathname;
}

/** Fills in who pays. */
export async function fillBilling(page: Page) {
  await field(page, "Name on the card").fill("Ada Lovelace");
  await field(page, "Country").selectOption("CA");
  await field(page, "Street").fill("1 Main Street");
  await field(page, "City").fill("Toronto");
  await field(page, "Postal code").fill("M5V 1A1");
  await field(page, "State or province").selectOption("ON");
}

/** Types a card into Stripe's card element. */
export async function fillCard(page: Page, card: string) {
  const element = page.frameLocator('iframe[title="Secure card payment input frame"]');
  await element.locator('input[name="cardnumber"]').fill(card);
  await element.locator('input[name="exp-date"]').fill("12 / 40");
  await element.locator('input[name="cvc"]').fill("123");
}

export function payButton(page: Page): Locator {
  return page.getByRole("button", { name: /^Pay/ });
}

/** Says who pays, types a card, and presses *Pay*. */
export async function pay(page: Page, card: string) {
  await fillBilling(page);
  await fillCard(page, card);
  await payButton(page).click();
}

/** Answers the bank's dialog. */
export async function answerBank(page: Page, answer: "Complete" | "Fail") {
  const dialog = page.frameLocator('iframe[title="Card authentication, test mode"]');
  await dialog.getByRole("button", { name: `${answer} authentication` }).click();
}
