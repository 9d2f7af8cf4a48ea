import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, program, REPOSITORY, run, start } from "./process";

/** A server of its own with demo data, and the stand-in for Stripe beside it. */
export type Exchange = {
  /** Where the server is, without a slash at the end. */
  url: string;
  /** The statuses of the intents that Stripe has for the order at this path. */
  charges: (order: string) => Promise<string[]>;
  /** Marks an address as verified, as an operator does. */
  verify: (email: string) => Promise<void>;
  /** Makes somebody a member of a group, as an operator does. */
  group: (group: "moderators" | "admins", email: string) => Promise<void>;
  /** Says who signs in next with Google or GitHub, and what goes wrong. */
  provider: (person: Record<string, unknown>) => Promise<void>;
  /** Checks the whole database, then ends both processes and deletes their data. */
  close: () => Promise<void>;
};

type Intent = { metadata: { order?: string }; status: string };

/** Settings of whoever runs the tests that must not reach the servers under test. */
const FOREIGN = /^(DATABASE_URL|NATS_URL|PUBLIC_URL|APP_ENV|CURRENCY|LIMIT.*|GOOGLE_.*|GITHUB_.*|OIDC_.*|SMTP_URL|MAIL_FROM|TRUSTED_PROXIES|HOLD_SECONDS|PAY_GRACE|MAX_HOLDS|SECRET_KEY|STRIPE_.*)$/;

/** Starts both; `logs` is the folder in which their output is kept. */
export async function startExchange(logs: string): Promise<Exchange> {
  const folder = await mkdtemp(join(tmpdir(), "ticket-exchange-"));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !FOREIGN.test(name)),
  );

  const sandbox = await start(
    program("STRIPE_SANDBOX_BIN"),
    [
      ...["--addr", "127.0.0.1:0"],
      ...["--state", join(folder, "stripe-sandbox.json")],
      ...["--webhook-url", `${url}/webhooks/stripe`],
      ...["--webhook-secret", "whsec_sandbox"],
    ],
    inherited,
    join(logs, "stripe-sandbox.log"),
    /ready on http/,
  );
  const stripe = sandbox.readyLine.replace(/^.*ready on /, "").replace(/\/$/, "");

  const provider = await start(
    "node",
    [join(REPOSITORY, "exchange/tests/it/provider.mjs")],
    inherited,
    join(logs, "provider.log"),
    /^ready/,
  );
  const [, issuer, github] = provider.readyLine.split(" ") as [string, string, string];

  const env = {
    ...inherited,
    GOOGLE_ISSUER: issuer,
    GOOGLE_CLIENT_ID: "us",
    GOOGLE_CLIENT_SECRET: "our secret",
    GITHUB_URL: github,
    GITHUB_API_URL: github,
    GITHUB_CLIENT_ID: "us",
    GITHUB_CLIENT_SECRET: "our secret",
    // One that is never there: the discard port.
    OIDC_ISSUER: "http://127.0.0.1:9",
    OIDC_NAME: "Nowhere",
    OIDC_CLIENT_ID: "us",
    OIDC_CLIENT_SECRET: "our secret",
    DATA_DIR: join(folder, "data"),
    LIMITS: "off",
    LEPTOS_SITE_ADDR: address,
    PUBLIC_URL: url,
    STRIPE_API_URL: stripe,
    STRIPE_JS_URL: `${stripe}/v3/`,
    STRIPE_WEBHOOK_SECRET: "whsec_sandbox",
  };
  // Such as a deployment of many processes: tools/split.
  const binary = process.env.TEST_PROGRAM ?? program("TICKET_EXCHANGE_BIN");
  const server = await start(
    binary,
    ["serve", "--demo"],
    env,
    join(logs, "ticket-exchange.log"),
    /^ready/,
  ).catch(async (error) => {
    await provider.stop();
    await sandbox.stop();
    throw error;
  });

  const operate = async (command: string[]) => {
    const done = await run(binary, command, env);
    if (done.code !== 0) throw new Error(done.output);
  };

  return {
    url,
    charges: async (order) => {
      const answer = await fetch(`${stripe}/_sandbox/state`);
      const { state } = (await answer.json()) as { state: { intents: Record<string, Intent> } };
      return Object.values(state.intents)
        .filter((intent) => order.endsWith(`/${intent.metadata.order}`))
        .map((intent) => intent.status);
    },
    verify: (email) => operate(["user", "verify", email]),
    group: (group, email) => operate(["group", "add", group, email]),
    provider: async (person) => {
      await fetch(`${github}/person`, { method: "POST", body: JSON.stringify(person) });
    },
    close: async () => {
      const check = await run(binary, ["check"], env);
      await server.stop();
      await provider.stop();
      await sandbox.stop();
      await rm(folder, { recursive: true, force: true });
      if (check.code !== 0) throw new Error(`\`check\` found:\n${check.output}`);
    },
  };
}
