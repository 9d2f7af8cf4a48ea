import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** axe finds nothing in what the page shows, light or dark; the card element's frame is Stripe's. */
export async function expectAccessible(page: Page) {
  const axe = () => new AxeBuilder({ page }).exclude('iframe[title="Secure card payment input frame"]');
  // Without motion the colours are there at once.
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  const dark = await axe().withRules(["color-contrast"]).analyze();
  await page.emulateMedia({ colorScheme: "light" });
  const light = await axe().analyze();
  const violations = [...light.violations, ...dark.violations];
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join("\n  ")}`,
  );
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

/** Nothing sticks out: the page does not scroll sideways. */
export async function expectNoSidewaysScrolling(page: Page) {
  const excess = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(excess, `pixels by which ${page.url()} is too wide`).toBeLessThanOrEqual(0);
}
