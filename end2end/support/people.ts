import { randomUUID } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { field } from "./forms";

export type Person = { name: string; email: string; password: string };

/** Somebody whom no server has seen. */
export function newPerson(name: string): Person {
  const id = randomUUID();
  return {
    name,
    email: `${name.toLowerCase().replaceAll(" ", ".")}.${id.slice(0, 8)}@example.com`,
    password: `violet-anchor-${id.slice(24)}`,
  };
}

/** Fills the registration in and sends it. */
export async function register(page: Page, person: Person) {
  await page.goto("/sign-up");
  await field(page, "E-mail").fill(person.email);
  await field(page, "Display name").fill(person.name);
  await field(page, "Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
}

/** Registers somebody, who is signed in afterwards. */
export async function signUp(page: Page, person: Person) {
  await register(page, person);
  await expectSignedIn(page);
}

/** Fills the form in on the sign-in page, where `page` already is, and sends it. */
export async function signIn(page: Page, person: Person) {
  await field(page, "E-mail").fill(person.email);
  await field(page, "Password").fill(person.password);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
}

export async function expectSignedIn(page: Page) {
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}
