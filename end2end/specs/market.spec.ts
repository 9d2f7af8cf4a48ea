import type { Page } from "@playwright/test";
import { newListing, publish } from "../support/listings";
import { expect, test } from "../support/test";

/** The paths of the tickets on the page. */
async function shown(page: Page): Promise<string[]> {
  const links = await page.getByRole("main").locator('a[href^="/tickets/"]').all();
  const paths = await Promise.all(links.map((link) => link.getAttribute("href")));
  return paths.filter((path): path is string => path !== null && path !== "/tickets/new");
}

test("the market works signed out and shows the newest first", async ({ visitor, stranger }) => {
  const { page: seller } = await visitor("Mia Market");
  const older = await publish(seller, newListing());
  const newer = await publish(seller, newListing());
  const page = await stranger();
  await page.goto("/");
  const paths = await shown(page);
  expect(paths).toContain(older);
  expect(paths.indexOf(newer)).toBeLessThan(paths.indexOf(older));
});

test("the search finds words of the title, in the address", async ({ visitor, stranger }) => {
  const { page: seller } = await visitor("Seb Search");
  const wanted = newListing();
  const other = newListing();
  const path = await publish(seller, wanted);
  await publish(seller, other);

  const page = await stranger();
  await page.goto("/");
  const box = page.locator('input[name="q"]');
  await box.fill(wanted.word.toUpperCase());
  await box.press("Enter");
  await expect(page).toHaveURL(new RegExp(`[?&]q=${wanted.word}`, "i"));
  await expect(page.getByRole("link", { name: wanted.title }).first()).toBeVisible();
  expect([...new Set(await shown(page))]).toEqual([path]);

  await page.goto(`/?q=${wanted.word}+${other.word}`);
  await expect(page.getByText("No ticket on the market matches")).toBeVisible();
  expect(await shown(page)).toEqual([]);
});

test("Load more continues where the page ends", async ({ stranger }) => {
  const page = await stranger();
  await page.goto("/");
  const first = new Set(await shown(page));
  expect(first.size).toBe(24);
  await page.getByRole("button", { name: "Load more" }).or(page.getByRole("link", { name: "Load more" })).click();
  await expect(async () => {
    const now = await shown(page);
    expect(new Set(now.filter((path) => !first.has(path))).size).toBe(24);
  }).toPass();
});

test("an unknown page and an unknown ticket answer 404", async ({ stranger }) => {
  const page = await stranger();
  for (const path of ["/no-such-page", "/tickets/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/tickets/%00"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading").first()).toBeVisible();
  }
});
