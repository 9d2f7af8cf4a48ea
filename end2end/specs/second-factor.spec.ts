import { expectError, field } from "../support/forms";
import { expectSignedIn, signIn } from "../support/people";
import { expect, test } from "../support/test";
import { totp } from "../support/totp";

test("a second factor is set up, asked for, and taken away", async ({ visitor, stranger }) => {
  const { person, page } = await visitor("Toto Two-Step");
  await page.goto("/account");
  await page.getByRole("link", { name: /Set up Two-step/ }).click();
  await field(page, "Current password").fill("not my password");
  await page.getByRole("button", { name: "Set up" }).click();
  await expectError(field(page, "Current password"), /not your password/);
  await field(page, "Current password").fill(person.password);
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("img", { name: "QR code" })).toBeVisible();
  const secret = await page.locator("code.secret").innerText();
  await expect(page.locator(".codes code")).toHaveCount(10);
  const codes = await page.locator(".codes code").allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  // Reloaded half-way, it goes on where it was.
  await page.reload();
  expect(await page.locator("code.secret").innerText()).toBe(secret);
  await field(page, "Code").fill("000000");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expectError(field(page, "Code"), /not a code/);
  await field(page, "Code").fill(totp(secret));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText(/Two-step sign-in is set up/)).toBeVisible();
  await page.goto("/account/second-factor");
  await expect(page.getByText("10 backup codes are left")).toBeVisible();
  for (const code of codes) expect(await page.content()).not.toContain(code);

  const other = await stranger();
  await other.goto("/orders");
  await signIn(other, person);
  await expect(field(other, "Code")).toBeVisible();
  // Not in yet.
  await other.goto("/orders");
  await expect(other).toHaveURL(/\/sign-in/);
  await signIn(other, person);
  await field(other, "Code").fill("123456");
  await other.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expectError(field(other, "Code"), /not a code/);
  await field(other, "Code").fill(codes[0]!);
  await other.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await expect(other).toHaveURL((url) => url.pathname === "/orders");
  await expectSignedIn(other);

  await page.goto("/account/second-factor");
  await field(page, "Current password").fill(person.password);
  await field(page, "Code").fill(codes[0]!);
  await page.getByRole("button", { name: "Turn off" }).click();
  await expectError(field(page, "Code"), /not a code/);
  await field(page, "Current password").fill(person.password);
  await field(page, "Code").fill(codes[1]!);
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByText("Two-step sign-in is off")).toBeVisible();
  await other.goto("/orders");
  await expect(other).toHaveURL(/\/sign-in/);
});
