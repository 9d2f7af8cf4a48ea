import { expect, type Page } from "@playwright/test";

export const CARDS = {
  success: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  insufficientFunds: "4000 0000 0000 9995",
};

/** Reserves the ticket at `path` and returns the path of the order. */
export async function reserve(page: Page, path: string): Promise<string> {
  await page.goto(path);
  await page.getByRole("button", { name: /^Reserve/ }).click();
  await expect(page).toHaveURL(/\/orders\/[^/?]+/);
  return new URL(page.url()).pathname;
}

/** Types a card into Stripe's card element and presses *Pay*. */
export async function pay(page: Page, card: string) {
  const element = page.frameLocator('iframe[title="Secure card payment input frame"]');
  await element.locator('input[name="cardnumber"]').fill(card);
  await element.locator('input[name="exp-date"]').fill("12 / 40");
  await element.locator('input[name="cvc"]').fill("123");
  await page.getByRole("button", { name: /^Pay/ }).click();
}
