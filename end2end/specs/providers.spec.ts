import { randomUUID } from "node:crypto";
import { field } from "../support/forms";
import { mailedLink } from "../support/mail";
import { expectSignedIn, newPerson, signIn, signUp } from "../support/people";
import { expect, test } from "../support/test";

const WITH = "Go on with Google";

test("somebody new comes from a provider, and comes again", async ({ stranger, provider }) => {
  const name = "Gwen Google";
  const { email } = newPerson(name);
  const sub = randomUUID();
  await provider({ sub, email, email_verified: true, name });
  const page = await stranger();
  await page.goto("/orders");
  await page.getByRole("link", { name: WITH }).click();
  await expect(field(page, "Display name")).toHaveValue(name);
  await expect(page.getByText(email)).toBeVisible();
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page).toHaveURL(/\/orders$/);
  await expectSignedIn(page);
  await page.goto("/tickets/new");
  await expect(field(page, "Title")).toBeVisible();

  await provider({ sub, email: "moved@example.com", email_verified: true });
  const other = await stranger();
  await other.goto("/sign-in?next=%2Flistings");
  await other.getByRole("link", { name: WITH }).click();
  await expect(other).toHaveURL(/\/listings$/);
  await expect(other.getByText(name)).toBeVisible();
  await other.goto("/account/providers");
  await other.getByRole("button", { name: "Remove" }).click();
  await expect(other.getByText(/only way to sign in/)).toBeVisible();
});

test("whoever comes back wrongly is told to try again", async ({ stranger, provider }) => {
  const page = await stranger();
  for (const twist of ["state", "nonce", "expired code", "denied"]) {
    await provider({ sub: "x", email: "wrong@example.com", email_verified: true, twist });
    await page.goto("/sign-in");
    await page.getByRole("link", { name: WITH }).click();
    await expect(page.getByText(/did not work, or took too long/), twist).toBeVisible();
    await expect(page).toHaveURL(/\/sign-in/);
  }
  await provider({ sub: "x", email: "wrong@example.com", email_verified: false });
  await page.getByRole("link", { name: WITH }).click();
  await expect(page.getByText(/have not confirmed your e-mail address there/)).toBeVisible();
  await page.goto("/auth/google/callback?code=stolen&state=guessed");
  await expect(page.getByText(/did not work, or took too long/)).toBeVisible();
  expect((await page.goto("/auth/nobody"))?.status()).toBe(404);
});

test("a provider that is away leaves the other ways", async ({ visitor, stranger, provider }) => {
  const { person } = await visitor("Ada Away");
  const page = await stranger();
  await page.goto("/sign-in?next=%2Flistings");
  // It is away when somebody sets out, and when they come back.
  await provider({ sub: "x", email: "away@example.com", email_verified: true, twist: "server error" });
  for (const away of ["Go on with Nowhere", WITH]) {
    await page.getByRole("link", { name: away }).click();
    await expect(page.getByText(/not available for the moment/), away).toBeVisible();
    await page.goto("/sign-in?next=%2Flistings");
  }
  await signIn(page, person);
  await expect(page).toHaveURL(/\/listings$/);
  await expectSignedIn(page);
});

test("a provider is added to an account and removed from it", async ({ visitor, provider }) => {
  const { person, page } = await visitor("Lina Linked");
  await provider({ id: 4711, login: "lina", emails: [] });
  await page.goto("/account/providers");
  await page.getByRole("link", { name: "Add GitHub" }).click();
  await expect(page.getByRole("heading", { name: "Add a way to sign in?" })).toBeVisible();
  await field(page, "Current password").fill(person.password);
  await page.getByRole("button", { name: "Add a way to sign in" }).click();
  await expect(page.getByText("The way to sign in was added")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Go on with GitHub" }).click();
  await expectSignedIn(page);
  await page.goto("/account/providers");
  await field(page, "Current password").fill(person.password);
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("The way to sign in was removed")).toBeVisible();
  await expect(page.getByText("There are none.")).toBeVisible();
});

test("an account that somebody else made of an address is its owner's once they agree", async ({ stranger, provider }) => {
  const squatter = newPerson("Sly Squatter");
  const theirs = await stranger();
  await signUp(theirs, squatter);
  await provider({ sub: randomUUID(), email: squatter.email, email_verified: true });
  const page = await stranger();
  await page.goto("/sign-in");
  await page.getByRole("link", { name: WITH }).click();
  await expect(page.getByText(/There is an account with your address/)).toBeVisible();
  await page.goto(await mailedLink(page, squatter.email, "Confirm another way to sign in"));
  await page.getByRole("button", { name: "Add a way to sign in" }).click();
  await expect(page.getByText("The way to sign in was added")).toBeVisible();
  await page.getByRole("link", { name: WITH }).click();
  await expectSignedIn(page);
  await theirs.goto("/account");
  await expect(theirs).toHaveURL(/\/sign-in/);
  await signIn(theirs, squatter);
  await expect(theirs.getByText(/do not belong together/)).toBeVisible();
});
