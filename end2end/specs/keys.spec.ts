import { expectError, field } from "../support/forms";
import { expect, test } from "../support/test";

test("a key is made for a program, used, and ended", async ({ visitor, baseURL }) => {
  const { page, person } = await visitor("Kay Keys");
  await page.goto("/account");
  await page.getByRole("link", { name: "Keys for programs" }).click();
  await field(page, "Name").fill("Shop window");
  await field(page, "Current password").fill("not my password");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Please check the marked fields.")).toBeVisible();
  // What was typed is still there, and the boxes are ticked as they were.
  await expect(field(page, "Name")).toHaveValue("Shop window");
  await page.getByRole("checkbox", { name: /^Read your orders/ }).check();
  await field(page, "Current password").fill("not my password");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expectError(field(page, "Current password"), /not your password/);
  await expect(page.getByRole("checkbox", { name: /^Read your orders/ })).toBeChecked();
  await field(page, "Current password").fill(person.password);
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByRole("heading", { name: "The key “Shop window”" })).toBeVisible();
  const key = await page.locator("code.secret").innerText();

  const orders = () => fetch(`${baseURL}/api/v1/orders`, { headers: { authorization: `Bearer ${key}` } });
  expect((await orders()).status).toBe(200);
  await page.goto("/account/keys");
  await expect(page.locator("code.secret")).toHaveCount(0);
  await expect(page.getByText("orders:read", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: /^End/ }).click();
  await expect(page.getByText("The key is ended")).toBeVisible();
  expect((await orders()).status).toBe(401);
});

test("an address that a program has had told is seen, and ended", async ({ visitor, baseURL }) => {
  const { page, person } = await visitor("Hal Hooks");
  await page.goto("/account/keys");
  await field(page, "Name").fill("Ledger");
  await page.getByRole("checkbox", { name: /^Have addresses told/ }).check();
  await field(page, "Current password").fill(person.password);
  await page.getByRole("button", { name: "Make the key" }).click();
  const key = await page.locator("code.secret").innerText();
  const made = await fetch(`${baseURL}/api/v1/webhooks`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": "once" },
    body: JSON.stringify({ url: "http://127.0.0.1:1/hook" }),
  });
  expect(made.status).toBe(201);
  await page.goto("/account/keys");
  const hook = page.getByRole("listitem").filter({ hasText: "http://127.0.0.1:1/hook" });
  await expect(hook).toContainText("is told");
  await hook.getByRole("button", { name: /^End/ }).click();
  await expect(page.getByText("The address is told nothing any more")).toBeVisible();
  await expect(page.getByText("http://127.0.0.1:1/hook")).toHaveCount(0);
});
