import { readFile } from "node:fs/promises";
import { list, newListing, publish } from "../support/listings";
import { mailedLink } from "../support/mail";
import { reserve } from "../support/orders";
import { field } from "../support/forms";
import { expect, test } from "../support/test";

test("administrators see how it goes, and nobody else does", async ({ visitor, administrator, moderator, stranger }) => {
  const seller = (await visitor("Stan Seller")).page;
  await reserve((await visitor("Bea Buyer")).page, await publish(seller, newListing()));
  const outside = await stranger();
  await outside.goto("/admin");
  await expect(outside).toHaveURL(/\/sign-in/);
  for (const person of [seller, (await moderator("Mara Moderator")).page]) {
    await expect(person.getByRole("link", { name: "Administration" })).toHaveCount(0);
    for (const path of ["/admin", "/admin/people", "/admin/health", "/admin/owed.csv"]) {
      expect((await person.request.get(path)).status(), path).toBe(404);
    }
  }

  const { page } = await administrator("Ada Administrator");
  await page.goto("/");
  await page.getByRole("link", { name: "Administration" }).click();
  await expect(page.getByRole("heading", { name: "Administration" })).toBeVisible();
  // They are counted once their events have left.
  await expect(async () => {
    await page.reload();
    const holds = page.locator(".figures .fact", { hasText: "Reservations" }).locator("dd");
    expect(Number(await holds.textContent())).toBeGreaterThan(0);
  }).toPass();
  await expect(page.getByRole("img", { name: "Listings, by day" })).toBeVisible();
  await page.getByText("Figures by day").click();
  await expect(page.getByRole("rowheader", { name: "Total" })).toBeVisible();

  await page.getByLabel("First day").fill("2026-01-01");
  await page.getByLabel("Last day").fill("2026-01-31");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/from=2026-01-01&to=2026-01-31/);
  await expect(page.locator(".figures .fact", { hasText: "Reservations" }).locator("dd")).toHaveText("0");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download the figures" }).click(),
  ]);
  const rows = (await readFile(await download.path(), "utf8")).trim().split("\n");
  expect(rows).toHaveLength(32);
  expect(rows[1]).toMatch(/^2026-01-01,0,0,0,0,0,0\.00,0\.00,0\.00,0\.00,[A-Z]{3}$/);
  expect((await page.goto("/admin?from=yesterday"))?.status()).toBe(422);

  for (const [tab, shown] of [
    ["Events", "order.created"],
    ["E-mails", "verify_email"],
    ["Dead letters", "There are none."],
    ["Health", "Answers in"],
  ] as const) {
    await page.goto("/admin");
    await page.getByRole("link", { name: tab, exact: true }).click();
    await expect(page.getByText(shown).first()).toBeVisible();
  }
});

test("an administrator makes moderators and suspends people", async ({ visitor, administrator }) => {
  const pat = await visitor("Pat Person");
  const listing = newListing();
  const path = await publish(pat.page, listing);
  const { page, person } = await administrator("Alma Administrator");
  const find = async (email: string, name: string) => {
    await page.goto("/admin/people");
    await page.getByLabel("The e-mail address begins with").fill(email.slice(0, -6).toUpperCase());
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("main").getByRole("link", { name }).first().click();
    await expect(page.getByRole("heading", { name })).toBeVisible();
  };
  const press = async (name: string) => {
    await field(page, "What to change").selectOption(name);
    await field(page, "Current password").fill(person.password);
    await page.getByRole("button", { name: "Change the account" }).click();
    await expect(page.getByText("The account is changed.")).toBeVisible();
  };

  await find(person.email, "Alma Administrator");
  await expect(page.getByText("This is your own account.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Change the account" })).toHaveCount(0);

  await find(pat.person.email, "Pat Person");
  // Whoever finds the page open cannot change anybody.
  await field(page, "What to change").selectOption("Suspend");
  await field(page, "Current password").fill("not-my-password");
  await page.getByRole("button", { name: "Change the account" }).click();
  await expect(field(page, "Current password")).toHaveAttribute("aria-invalid", "true");
  await press("Make a moderator");
  await pat.page.goto("/");
  await expect(pat.page.getByRole("link", { name: "Moderation" })).toBeVisible();
  await press("No moderator any more");
  await pat.page.goto("/");
  await expect(pat.page.getByRole("link", { name: "Moderation" })).toHaveCount(0);

  await press("Suspend");
  await pat.page.goto("/listings");
  await expect(pat.page).toHaveURL(/\/sign-in/);
  await expect(async () => {
    expect((await pat.page.request.get(path)).status()).toBe(404);
  }).toPass();
  await press("Suspend no longer");
  await expect(async () => {
    expect((await pat.page.request.get(path)).status()).toBe(200);
  }).toPass();
});

test("everybody sees how somebody has sold", async ({ visitor, stranger }) => {
  const seller = (await visitor("Sven Seller")).page;
  const path = await publish(seller, newListing());
  const page = await stranger();
  await page.goto(path);
  await page.getByRole("link", { name: "About Sven Seller" }).click();
  await expect(page.getByRole("heading", { name: "Sven Seller" })).toBeVisible();
  await expect(page.locator(".fact", { hasText: "Tickets sold" }).locator("dd")).toHaveText("0");
});

test("a moderator decides by the link in the mail, once", async ({ visitor, moderator, stranger }) => {
  const mo = await moderator("Mila Moderator");
  const seller = (await visitor("Sue Seller")).page;
  const listing = newListing({ description: "Write to me on WhatsApp." });
  const path = await list(seller, listing);
  const page = await stranger();
  const link = await mailedLink(page, mo.person.email, "A listing waits for a moderator");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: listing.title })).toBeVisible();
  await page.getByLabel("Decision").selectOption("reject");
  await page.getByRole("button", { name: "Decide" }).click();
  await expect(field(page, "Explanation")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Decision").selectOption("approve");
  await page.getByRole("button", { name: "Decide" }).click();
  await expect(page.getByText("Your decision is recorded.")).toBeVisible();
  await page.goto(path);
  await expect(page.getByRole("heading", { name: listing.title })).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("button", { name: "Decide" })).toHaveCount(0);
});
