import { join } from "node:path";
import { test as base, type BrowserContext, type Page } from "@playwright/test";
import { type Exchange, startExchange } from "./exchange";
import { newPerson, type Person, signUp } from "./people";

/** Somebody with a browser of their own, signed in. */
export type Visitor = { person: Person; page: Page };

type Fixtures = {
  /** Signs somebody new up, in a browser of their own; their address is verified. */
  visitor: (name: string) => Promise<Visitor>;
  /** The statuses of the intents that Stripe has for the order at a path. */
  charges: Exchange["charges"];
  /** Somebody who moderates. */
  moderator: (name: string) => Promise<Visitor>;
  /** Somebody who administers. */
  administrator: (name: string) => Promise<Visitor>;
  /** Says who signs in next with Google or GitHub. */
  provider: Exchange["provider"];
  /** A browser of its own, signed out. */
  stranger: () => Promise<Page>;
};

export const test = base.extend<Fixtures, { exchange: Exchange }>({
  exchange: [
    async ({}, use, worker) => {
      const logs = join(worker.project.outputDir, `servers-${worker.workerIndex}`);
      const exchange = await startExchange(logs);
      await use(exchange);
      await exchange.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  charges: async ({ exchange }, use) => use(exchange.charges),

  provider: async ({ exchange }, use) => use(exchange.provider),

  baseURL: async ({ exchange }, use) => use(exchange.url),

  stranger: async ({ browser, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];
    await use(async () => {
      const context = await browser.newContext({ baseURL });
      contexts.push(context);
      const page = await context.newPage();
      collectFaults(page, faults);
      return page;
    });
    for (const context of contexts) await context.close();
    if (faults.length === 0) return;
    const error = new Error(`The browser reported:\n${faults.join("\n")}`);
    // Where it is thrown says nothing.
    error.stack = error.message;
    throw error;
  },

  visitor: async ({ exchange, stranger }, use) => {
    await use(async (name) => {
      const page = await stranger();
      const person = newPerson(name);
      await signUp(page, person);
      await exchange.verify(person.email);
      return { person, page };
    });
  },

  moderator: async ({ exchange, visitor }, use) => {
    await use(async (name) => {
      const moderator = await visitor(name);
      await exchange.group("moderators", moderator.person.email);
      return moderator;
    });
  },

  administrator: async ({ exchange, visitor }, use) => {
    await use(async (name) => {
      const administrator = await visitor(name);
      await exchange.group("admins", administrator.person.email);
      return administrator;
    });
  },
});

export { expect } from "@playwright/test";

/**
 * A panic of the WASM client, a blocked script and a hydration mismatch show in
 * the console only. Refusals (4xx) do too, and are what many tests are about.
 */
function collectFaults(page: Page, faults: string[]) {
  page.on("pageerror", (error) => {
    // What fades from one page to the next is cut short by whoever goes on at once.
    if (!error.message.startsWith("Transition was skipped")) faults.push(`${page.url()}: ${error.message}`);
  });
  page.on("console", (message) => {
    if (message.type() !== "error" || message.text().startsWith("Failed to load resource")) return;
    faults.push(`${page.url()}: ${message.text()}`);
  });
}
