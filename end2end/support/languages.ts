import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { REPOSITORY } from "./process";

const CATALOGUES = join(REPOSITORY, "texts");

/** The messages without arguments of a language, by key. */
export function messages(language: "en" | "fr"): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(join(CATALOGUES, language))) {
    const text = readFileSync(join(CATALOGUES, language, file), "utf8");
    for (const [, key, message] of text.matchAll(/^([a-z][a-z0-9-]*) = ([^{\n]+)$/gm)) {
      found.set(`${file}/${key}`, message);
    }
  }
  return found;
}

/** What only English says: words that French has too are left out. */
const ENGLISH = (() => {
  const french = new Set([...messages("fr").values()]);
  return [...messages("en").values()].filter((message) => !french.has(message) && message.length > 3);
})();

/** Shows `page` in French and expects nothing in English on it, then in English again. */
export async function expectFrench(page: Page) {
  await page.context().addCookies([{ name: "language", value: "fr", url: page.url() }]);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  const said = await page.evaluate(() => {
    const texts: string[] = [document.title];
    const add = (text: string | null) => text?.trim() && texts.push(text.trim());
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const inScript = walker.currentNode.parentElement?.closest("script, style, noscript");
      if (!inScript) add(walker.currentNode.textContent);
    }
    for (const name of ["aria-label", "placeholder", "alt", "title"]) {
      document.querySelectorAll(`[${name}]`).forEach((element) => add(element.getAttribute(name)));
    }
    return texts;
  });
  const english = said
    .map((text) => text.replaceAll("Ticket Exchange", ""))
    .filter((text) => ENGLISH.some((message) => text === message || text.includes(`${message} `)));
  expect(english, `English on ${page.url()}`).toEqual([]);
  await page.context().clearCookies({ name: "language" });
  await page.reload();
}
