import { expectError, field, submitUnchecked } from "../support/forms";
import { mailedLink } from "../support/mail";
import { expectSignedIn, newPerson, register, signIn, signUp } from "../support/people";
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
  for (const attempt of [{ ...person, password: "violet-anchor-wrong" }, newPerson("Nobody Here")]) {
    await page.goto("/sign-in");
    await signIn(page, attempt);
    await expectError(field(page, "Password"), /^This e-mail and password do not belong together\.$/);
    await expect(field(page, "E-mail")).toHaveValue(attempt.email);
    await expect(field(page, "E-mail")).not.toHaveAttribute("aria-invalid", "true");
  }
});

test("who has not confirmed their address looks around, and sells once they have", async ({ stranger }) => {
  const page = await stranger();
  const person = newPerson("Vera Verifies");
  await signUp(page, person);
  await page.goto("/tickets/new");
  await expect(page.getByText(/Confirm your e-mail address first/)).toBeVisible();
  const link = await mailedLink(page, person.email, "Confirm your e-mail address");
  await page.goto(link);
  await expect(page.getByText(person.email)).toBeVisible();
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByText("Thank you, your e-mail address is confirmed.")).toBeVisible();
  await page.goto("/tickets/new");
  await expect(field(page, "Title")).toBeVisible();
  // It has been used.
  await page.goto(link);
  await expect(page.getByText(/This link is no longer valid/)).toBeVisible();
});

test("a forgotten password is replaced, and every session ends", async ({ visitor, stranger }) => {
  const { person, page } = await visitor("Finn Forgets");
  const other = await stranger();
  await other.goto("/sign-in");
  await other.getByRole("link", { name: "Forgot your password?" }).click();
  // The page left has such a field too.
  await expect(other.getByRole("heading", { name: "Set a new password" })).toBeVisible();
  for (const email of ["nobody@example.com", person.email]) {
    await field(other, "E-mail").fill(email);
    await other.getByRole("button", { name: "Send the link" }).click();
    await expect(other.getByText(/If there is an account with that address/)).toBeVisible();
    await other.goto("/forgot-password");
  }
  await other.goto(await mailedLink(other, person.email, "Set a new password"));
  await field(other, "New password").fill("12345678");
  await other.getByRole("button", { name: "Set password" }).click();
  await expectError(field(other, "New password"), /easy to guess/);
  const password = "marble-canyon-47-trumpet";
  await field(other, "New password").fill(password);
  await other.getByRole("button", { name: "Set password" }).click();
  await expect(other.getByText(/Your password is changed/)).toBeVisible();
  await signIn(other, person);
  await expectError(field(other, "Password"), /do not belong together/);
  await signIn(other, { ...person, password });
  await expectSignedIn(other);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/sign-in/);
});

test("another password signs out everywhere else, another address is confirmed first", async ({ visitor, stranger }) => {
  const { person, page } = await visitor("Cleo Changes");
  const other = await stranger();
  await other.goto("/sign-in");
  await signIn(other, person);
  await expectSignedIn(other);

  await page.goto("/account");
  await page.getByRole("link", { name: "Change Password" }).click();
  const password = "marble-canyon-47-trumpet";
  await field(page, "Current password").fill("not my password");
  await field(page, "New password").fill(password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expectError(field(page, "Current password"), /not your password/);
  await field(page, "Current password").fill(person.password);
  await field(page, "New password").fill(password);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText(/Your password is changed/)).toBeVisible();
  await other.reload();
  await expect(other.getByRole("link", { name: "Sign in" }).first()).toBeVisible();

  const email = `new.${person.email}`;
  await page.getByRole("link", { name: "Change E-mail" }).click();
  await field(page, "New e-mail").fill(email);
  await field(page, "Current password").fill(password);
  await page.getByRole("button", { name: "Change e-mail address" }).click();
  await expect(page.getByText(/A link is on its way/)).toBeVisible();
  await page.goto(await mailedLink(page, email, "Confirm your new e-mail address"));
  await page.getByRole("button", { name: "Confirm address" }).click();
  await expect(page.getByText("Thank you, your e-mail address is confirmed.")).toBeVisible();
  await expect(page.getByText(email)).toBeVisible();
});

test("one sees where one is signed in, and ends it there", async ({ visitor, stranger }) => {
  const { person, page } = await visitor("Sam Sessions");
  const others = [await stranger(), await stranger()];
  for (const other of others) {
    await other.goto("/sign-in");
    await signIn(other, person);
    await expectSignedIn(other);
  }
  await page.goto("/account");
  const rows = page.getByRole("listitem").filter({ hasText: "last used" });
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: "this one" })).toHaveCount(1);
  await rows.getByRole("button", { name: /Sign out/ }).first().click();
  await expect(page.getByText("That device is signed out")).toBeVisible();
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByText("You are signed out everywhere else")).toBeVisible();
  await expect(rows).toHaveCount(1);
  for (const other of others) {
    await other.goto("/account");
    await expect(other).toHaveURL(/\/sign-in/);
  }
});

test("data are downloaded and the account is deleted", async ({ visitor }) => {
  const { person, page } = await visitor("Dora Deletes");
  await page.goto("/account");
  const link = page.getByRole("link", { name: "Download my data" });
  const answer = await page.request.get((await link.getAttribute("href"))!);
  expect(answer.headers()["content-disposition"]).toContain("attachment");
  expect((await answer.json()).account.email).toBe(person.email);
  await page.getByRole("link", { name: "Delete my account" }).click();
  await field(page, "Current password").fill(person.password);
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByText("Your account is deleted")).toBeVisible();
  await signIn(page, person);
  await expectError(field(page, "Password"), /do not belong together/);
});

test("a password that is being chosen can be looked at", { tag: "@with-script" }, async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/sign-up");
  await field(page, "Password").fill("violet");
  await expect(page.getByText("Too short.")).toBeVisible();
  await page.getByRole("button", { name: "Show" }).click();
  await expect(field(page, "Password")).toHaveAttribute("type", "text");
  await field(page, "Password").fill("violet-anchor-1199");
  await expect(page.getByText("Long enough.")).toBeVisible();
});
