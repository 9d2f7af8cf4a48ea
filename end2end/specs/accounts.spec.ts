import { expectError, field, submitUnchecked } from "../support/forms";
import { expectSignedIn, newPerson, register, signIn } from "../support/people";
import { expect, test } from "../support/test";

test("registering signs in, signing out signs out", async ({ visitor }) => {
  const { page } = await visitor("Nadia New");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await page.goto("/orders");
  await expect(page).toHaveURL(/\/sign-in/);
});

for (const path of ["/tickets/new", "/listings", "/orders"]) {
  test(`signing in comes back to ${path}`, async ({ visitor, stranger }) => {
    const { person } = await visitor("Gil Guarded");
    const page = await stranger();
    await page.goto(path);
    await expect(page).toHaveURL(/\/sign-in/);
    await signIn(page, person);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await expectSignedIn(page);
  });
}

test("signing in never leads to another site", async ({ visitor, stranger, baseURL }) => {
  const { person } = await visitor("Rod Redirected");
  for (const target of ["//evil.example/", "https://evil.example/", "/\\evil.example/"]) {
    const page = await stranger();
    await page.goto("/tickets/new");
    const signInPage = new URL(page.url());
    for (const name of signInPage.searchParams.keys()) signInPage.searchParams.set(name, target);
    await page.goto(signInPage.href);
    await signIn(page, person);
    await expectSignedIn(page);
    expect(new URL(page.url()).origin).toBe(baseURL);
  }
});

test("a refused registration keeps what was typed, but no password", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/sign-up");
  await field(page, "E-mail").fill("not-an-address");
  await field(page, "Display name").fill("Wanda <b>Wrong</b>");
  await field(page, "Password").fill("password");
  await submitUnchecked(page, "Create account");

  await expectError(field(page, "E-mail"));
  await expectError(field(page, "Password"));
  await expect(field(page, "E-mail")).toHaveValue("not-an-address");
  await expect(field(page, "Display name")).toHaveValue("Wanda <b>Wrong</b>");
  await expect(field(page, "Display name")).not.toHaveAttribute("aria-invalid", "true");
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
});

test("what was typed is shown once and is not in the address", { tag: "@without-script" }, async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/sign-up");
  await field(page, "E-mail").fill("not-an-address");
  await field(page, "Display name").fill("Once Only");
  await field(page, "Password").fill("violet-anchor-1199");
  await submitUnchecked(page, "Create account");
  await expect(field(page, "Display name")).toHaveValue("Once Only");
  await expect(field(page, "Password")).toHaveValue("");
  expect(page.url()).not.toMatch(/Once|not-an-address|violet/);
  await page.goto("/sign-up");
  await expect(field(page, "Display name")).toHaveValue("");
});

test("an address can register once, in any case", async ({ visitor, stranger }) => {
  const { person } = await visitor("Tara Twice");
  const page = await stranger();
  await register(page, { ...newPerson("Tara Again"), email: person.email.toUpperCase() });
  await expectError(field(page, "E-mail"));
});

test("a wrong password says nothing about the account", async ({ visitor, stranger }) => {
  const { person } = await visitor("Petra Password");
  const page = await stranger();
  const refusals: string[] = [];
  for (const attempt of [{ ...person, password: "violet-anchor-wrong" }, newPerson("Nobody Here")]) {
    await page.goto("/sign-in");
    await signIn(page, attempt);
    await expectError(field(page, "Password"));
    await expect(field(page, "E-mail")).toHaveValue(attempt.email);
    refusals.push(await page.getByRole("main").locator("form").innerText());
  }
  expect(refusals[0]).toBe(refusals[1]);
});
