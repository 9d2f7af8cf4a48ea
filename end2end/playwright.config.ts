import { defineConfig } from "@playwright/test";

/** Only root needs it, and only in containers: Chromium's sandbox refuses root. */
const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  reporter: "list",
  // Each worker has a server, a message broker and a browser of its own.
  workers: 2,
  fullyParallel: true,
  // A test that passes at the second try is a failure.
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        ...asRoot,
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
    locale: "en-CA",
    timezoneId: "America/Toronto",
    screenshot: "only-on-failure",
    // No film of what went well: it takes a third of the time.
    trace: { mode: "retain-on-failure", screenshots: false },
  },
  // Every spec runs in both, but for those tagged with one.
  projects: [
    { name: "with script", grepInvert: /@without-script/ },
    {
      name: "without script",
      grepInvert: /@with-script/,
      use: { javaScriptEnabled: false },
    },
  ],
});
