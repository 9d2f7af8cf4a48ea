import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScrolling } from "../support/accessibility";
import type { Exchange } from "../support/exchange";
import { field, submitUnchecked } from "../support/forms";
import { expectFrench } from "../support/languages";
import { list, newListing, publish } from "../support/listings";
import { mailedLink } from "../support/mail";
import { CARDS, pay, reserve } from "../support/orders";
import { expect, test, type Visitor } from "../support/test";

type World = {
  visitor: (name: string) => Promise<Visitor>;
  moderator: (name: string) => Promise<Visitor>;
  administrator: (name: string) => Promise<Visitor>;
  stranger: () => Promise<Page>;
  provider: Exchange["provider"];
  /** The card element needs script. */
  javaScriptEnabled: boolean | undefined;
};

/** Opens every page there is, in each of the looks that matter, and hands it to `look`. */
async function tour({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }: World, look: (page: Page) => Promise<void>) {
  const visit = async (page: Page, path: string) => {
    await page.goto(path);
    await look(page);
  };

  const outside = await stranger();
  const open = ["/", "/?q=nothing-is-called-so", "/?price_to=x&from=2030-01-01", "/terms", "/about", "/privacy", "/sign-in", "/sign-up", "/forgot-password", "/no-such-page"];
  for (const path of open) await visit(outside, path);
  await outside.goto("/sign-up");
  await submitUnchecked(outside, "Create account");
  await outside.locator('[aria-invalid="true"]').first().waitFor();
  await look(outside);

  const seller = (await visitor("Vera Visitor")).page;
  const bert = await visitor("Bert Buyer");
  const buyer = bert.page;
  for (const suffix of ["", "/password", "/email", "/second-factor", "/keys", "/providers", "/delete"]) {
    await visit(buyer, `/account${suffix}`);
  }
  await buyer.goto("/account/second-factor");
  await field(buyer, "Current password").fill(bert.person.password);
  await buyer.getByRole("button", { name: "Set up" }).click();
  await buyer.locator(".qr").waitFor();
  await look(buyer);
  await visit(outside, "/sign-in/code");
  await provider({ sub: randomUUID(), email: `${randomUUID()}@example.com`, email_verified: true });
  for (const [page, end] of [[outside, "/sign-up/finish"], [buyer, "/account/link"]] as const) {
    await page.goto("/auth/google");
    await expect(page).toHaveURL(new RegExp(`${end}$`));
    await look(page);
  }
  for (const another of ["google", "github"]) {
    await provider({ sub: randomUUID(), id: Date.now(), login: "bert", emails: [] });
    await buyer.goto(`/auth/${another}`);
    await field(buyer, "Current password").fill(bert.person.password);
    await buyer.getByRole("button", { name: "Add a way to sign in" }).click();
    await expect(buyer.getByText("The way to sign in was added")).toBeVisible();
    await visit(buyer, "/account/providers");
  }
  await outside.goto("/forgot-password");
  await field(outside, "E-mail").fill(bert.person.email);
  await outside.getByRole("button", { name: "Send the link" }).click();
  await visit(outside, await mailedLink(outside, bert.person.email, "Set a new password"));
  await visit(buyer, "/orders");
  await visit(buyer, "/listings");
  const path = await publish(seller, newListing());
  for (const suffix of ["", "/edit", "/delete"]) await visit(seller, path + suffix);
  await visit(buyer, path);
  await visit(seller, "/tickets/new");

  const order = await reserve(buyer, path);
  await visit(buyer, order);
  await visit(buyer, "/orders");
  await visit(buyer, path);
  await visit(seller, "/listings");
  await visit(seller, order);
  expect((await buyer.goto(`${path}/edit`))?.status(), "not the buyer's to edit").toBe(403);
  await look(buyer);

  await buyer.goto(order);
  await buyer.getByRole("button", { name: "Cancel reservation" }).click();
  await expect(buyer.getByRole("button", { name: "Cancel reservation" })).toHaveCount(0);
  await visit(buyer, order);
  await visit(seller, order);

  const { page: mo, person: moPerson } = await moderator("Mo Moderator");
  const waits = { ...newListing(), description: "Write to me on WhatsApp." };
  const questioned = await list(seller, waits);
  await visit(seller, questioned);
  await visit(mo, "/moderation");
  await mo.getByRole("link", { name: waits.title }).click();
  await expect(mo.getByRole("heading", { name: waits.title })).toBeVisible();
  await look(mo);
  await submitUnchecked(mo, "Decide");
  await mo.locator('[aria-invalid="true"]').first().waitFor();
  await look(mo);
  await visit(mo, "/moderation?status=approved");
  await visit(mo, `${path}/remove`);
  await visit(buyer, `${path}/report`);
  await visit(mo, await mailedLink(mo, moPerson.email, "A listing waits for a moderator"));
  const { person: gone, page: leaver } = await visitor("Gustav Goes");
  await leaver.goto("/account/delete");
  await field(leaver, "Current password").fill(gone.password);
  await leaver.getByRole("button", { name: "Delete my account" }).click();
  await expect(leaver.getByText("Your account is deleted")).toBeVisible();
  const admin = await administrator("Anna Administrator");
  for (const suffix of ["", "/people", "/events", "/mails", "/dead-letters", "/health"]) {
    await visit(admin.page, `/admin${suffix}`);
  }
  await visit(admin.page, `/admin/people?q=${encodeURIComponent(bert.person.email)}`);
  await admin.page.getByRole("main").getByRole("link", { name: "Bert Buyer" }).first().click();
  await admin.page.waitForURL(/people\/./);
  await look(admin.page);
  await admin.page.getByRole("link", { name: "What everybody sees" }).click();
  await admin.page.waitForURL(/sellers/);
  await look(admin.page);

  if (javaScriptEnabled === false) return;
  const listing = newListing();
  const sold = await publish(seller, listing);
  const bought = await reserve(buyer, sold);
  await pay(buyer, CARDS.success);
  await expect(buyer.getByText(listing.handoverNote)).toBeVisible();
  await visit(buyer, bought);
  await visit(buyer, "/orders");
  await visit(buyer, sold);
  await visit(seller, sold);
  await visit(seller, bought);
  await visit(seller, "/listings");
  await visit(buyer, `${bought}/refund`);
  await buyer.getByRole("button", { name: "Refund" }).click();
  await expect(buyer.getByText("Refunded")).toBeVisible();
  await visit(buyer, bought);
  await visit(buyer, `${bought}/refund`);
  await visit(seller, bought);
}

test("axe finds no violation on any page", { tag: "@with-script" }, async ({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }) => {
  test.slow();
  await tour({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }, expectAccessible);
});

test("no page scrolls sideways at a width of 360 pixels", async ({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }) => {
  test.slow();
  await tour({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }, async (page) => {
    const wide = page.viewportSize();
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNoSidewaysScrolling(page);
    // The menu may be folded away on a narrow page; the tour goes on with a wide one.
    if (wide) await page.setViewportSize(wide);
  });
});

// Without script, where each page is loaded twice as fast: the server writes what islands say, too.
test("no page says anything in English to those who read French", { tag: "@without-script" }, async ({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }) => {
  test.slow();
  await tour({ visitor, moderator, administrator, stranger, provider, javaScriptEnabled }, expectFrench);
});
