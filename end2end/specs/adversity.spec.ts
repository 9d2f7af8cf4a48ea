import type { Locator, Page } from "@playwright/test";
import { field } from "../support/forms";
import { newListing, publish } from "../support/listings";
import { CARDS, fillBilling, fillCard, payButton, reserve } from "../support/orders";
import { newPerson, register } from "../support/people";
import { expect, test } from "../support/test";

test.describe("with script", { tag: "@with-script" }, () => {
  test("offline there is a page that says so, and the one that was wanted comes back by itself", async ({ visitor }) => {
    const { page } = await visitor("Olga Offline");
    const listing = newListing();
    const path = await publish(page, listing);
    await page.goto("/");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.context().setOffline(true);
    await page.goto(path);
    await expect(page.getByRole("heading", { name: "You are offline" })).toBeVisible();
    // It was fetched as nobody.
    await expect(page.getByText("Olga Offline")).toHaveCount(0);
    await page.context().setOffline(false);
    await expect(page.getByRole("heading", { name: listing.title })).toBeVisible();
  });

  test("a part of the client that does not come leaves the rest of the page alive", async ({ visitor }) => {
    const { page: another } = await visitor("Ada Aborted");
    // What fails here is no fault of the page.
    const page = await another.context().newPage();
    const aborted = page.waitForEvent("requestfailed");
    await page.route(/split_fetched_form/, (route) => route.abort());
    await page.goto("/tickets/new");
    await aborted;
    await expect(field(page, "Time zone")).toHaveValue("America/Toronto");
  });

  test("what a form asks for is followed from the browser on", async ({ visitor }) => {
    const { page } = await visitor("Tess Traced");
    await page.goto("/tickets/new");
    let traceparent: string | undefined;
    // Before its script is there, the form is posted without it.
    await expect(async () => {
      const asked = page.waitForRequest(
        (request) => request.url().endsWith("/api/create_ticket") && request.resourceType() === "fetch",
        { timeout: 2_000 },
      );
      await page.getByRole("button", { name: "Publish listing" }).click();
      traceparent = (await asked).headers().traceparent;
    }).toPass();
    await expect(field(page, "Title")).toHaveAttribute("aria-invalid", "true");
    expect(traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
  });

  test("a connection that is cut while paying costs neither the place nor what was typed", async ({ visitor }) => {
    const { page: seller } = await visitor("Sina Seller");
    const { page } = await visitor("Cora Cut");
    const listing = newListing();
    await reserve(page, await publish(seller, listing));
    await fillBilling(page);
    await fillCard(page, CARDS.success);
    await page.context().setOffline(true);
    await payButton(page).click();
    await expect(page.getByText("The server could not be reached.", { exact: false })).toBeVisible();
    await expect(field(page, "City")).toHaveValue("Toronto");
    await page.context().setOffline(false);
    await payButton(page).click();
    await expect(page.getByText(listing.handoverNote)).toBeVisible();
  });

  test("a ticket is found, reserved and paid for with the keyboard alone, on a phone's width", async ({ visitor, stranger, exchange }) => {
    const { page: seller } = await visitor("Sina Seller");
    const listing = newListing();
    await publish(seller, listing);
    const person = newPerson("Kay Keyboard");
    const away = await stranger();
    await register(away, person);
    await expect(away.getByRole("button", { name: "Sign out" })).toBeVisible();
    await exchange.verify(person.email);

    const page = await stranger();
    await page.setViewportSize({ width: 360, height: 740 });
    const press = async (target: Locator, key = "Enter") => {
      await tabTo(page, target);
      await page.keyboard.press(key);
    };
    const type = async (name: string, text: string) => {
      await tabTo(page, field(page, name));
      await page.keyboard.type(text);
    };
    await page.goto("/", { waitUntil: "networkidle" });
    await type("Search tickets", listing.word);
    await press(page.getByRole("link", { name: listing.title }));
    await press(page.getByRole("link", { name: "Sign in to reserve this ticket" }));
    await type("E-mail", person.email);
    await type("Password", person.password);
    await page.keyboard.press("Enter");
    await press(page.getByRole("button", { name: /^Reserve/ }));
    await expect(page).toHaveURL(/\/orders\//);
    await expect(page.locator("iframe").first()).toBeVisible();
    await type("Name on the card", "Kay Keyboard");
    await type("Country", "Canada");
    await expect(field(page, "State or province")).toBeVisible();
    await type("Street", "1 Main Street");
    await type("City", "Toronto");
    await type("Postal code", "M5V 1A1");
    await type("State or province", "Ontario");
    const card = page.frameLocator('iframe[title="Secure card payment input frame"]');
    for (const [name, text] of [["cardnumber", "4242424242424242"], ["exp-date", "1240"], ["cvc", "123"]] as const) {
      // Stripe goes on by itself from a part that is complete.
      const part = card.locator(`input[name="${name}"]`);
      if (!(await part.evaluate((element) => element === document.activeElement))) await page.keyboard.press("Tab");
      await expect(part).toBeFocused();
      await page.keyboard.type(text);
    }
    await press(payButton(page));
    await expect(page.getByText(listing.handoverNote)).toBeVisible();
  });
});

/** Presses Tab until `target` has the focus, which has to show. */
async function tabTo(page: Page, target: Locator) {
  await target.waitFor();
  for (let pressed = 0; pressed < 60; pressed++) {
    await page.keyboard.press("Tab");
    if (!(await target.evaluate((element) => element === document.activeElement))) continue;
    // On a card it is the card that shows it.
    const outlines = await target.evaluate((element) =>
      [getComputedStyle(element), getComputedStyle(element, "::after"), getComputedStyle(element.closest("li") ?? element)].map(
        (style) => style.outlineStyle,
      ),
    );
    expect(outlines, "the focus shows").toContain("solid");
    return;
  }
  throw new Error(`Tab does not lead to ${target}`);
}
