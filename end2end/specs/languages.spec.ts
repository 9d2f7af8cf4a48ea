import { newListing, publish } from "../support/listings";
import { mailedLink } from "../support/mail";
import { reserve } from "../support/orders";
import { newPerson } from "../support/people";
import { expect, test } from "../support/test";

const FRENCH_HEADING = "Un marché équitable pour les billets que l’on ne peut pas utiliser";

test("a browser that asks for French is answered in French, prices and mails too", async ({ browser, baseURL, visitor }) => {
  const { page: seller } = await visitor("Sina Seller");
  const listing = newListing({ price: "1234.50" });
  const path = await publish(seller, listing);

  const context = await browser.newContext({ baseURL, locale: "fr-CA" });
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  await expect(page.getByRole("heading", { name: FRENCH_HEADING })).toBeVisible();
  await page.goto(path);
  await expect(page.locator(".price").first()).toHaveText("1\u202f234,50 CAD");
  await expect(page.getByText("1 juin", { exact: false }).first()).toBeVisible();

  // A refusal, at its field.
  const person = newPerson("Fleur France");
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Nom affiché").fill(person.name);
  await page.getByLabel("Mot de passe").fill("azertyuiop");
  await page.getByRole("button", { name: "Créer le compte" }).click();
  await expect(page.getByText("Ce mot de passe est facile à deviner.", { exact: false })).toBeVisible();
  await page.getByLabel("Mot de passe").fill(person.password);
  await page.getByRole("button", { name: "Créer le compte" }).click();
  await expect(page.getByRole("button", { name: "Se déconnecter" })).toBeVisible();
  await mailedLink(page, person.email, "Confirmez votre adresse e-mail");
  await context.close();
});

test("another language is chosen on any page, and stays", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/?sort=cheapest");
  await page.getByRole("button", { name: "Français" }).click();
  await expect(page).toHaveURL(/\/\?sort=cheapest$/);
  await expect(page.getByRole("heading", { name: FRENCH_HEADING })).toBeVisible();
  await page.goto("/sign-in");
  await expect(page.getByRole("heading", { name: "Bon retour" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
});

test("an open market changes in the language that it is read in", { tag: "@with-script" }, async ({ browser, baseURL, visitor }) => {
  const { page: seller } = await visitor("Sina Seller");
  const { page: buyer } = await visitor("Bea Buyer");
  const listing = newListing();
  const path = await publish(seller, listing);
  const context = await browser.newContext({ baseURL, locale: "fr-FR" });
  const page = await context.newPage();
  await page.goto(`/?q=${listing.word}`);
  await reserve(buyer, path);
  await expect(page.locator(".card .state")).toHaveText("Réservé");
  await buyer.getByRole("button", { name: "Cancel reservation" }).click();
  await expect(page.locator(".card .state")).toHaveText("");
  await expect(page.locator(".card .price")).toHaveText("42,50 CAD");
  await context.close();
});
