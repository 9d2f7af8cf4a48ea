// What the browser shows while it cannot reach the market: a page that was
// fetched before, in the language that the address of this script names.
const CACHE = "offline-1";
const PAGE = "/offline";

async function keep() {
  const language = new URL(self.location).searchParams.get("language") ?? "en";
  // Without cookies: it is nobody's page.
  const page = await fetch(PAGE, { credentials: "omit", headers: { "Accept-Language": language } });
  if (!page.ok) throw new Error(`no page to show while offline: ${page.status}`);
  const html = await page.clone().text();
  const files = [...html.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|woff2|svg))"/g)].map(([, file]) => file);
  const cache = await caches.open(CACHE);
  await cache.put(PAGE, page);
  await cache.addAll([...new Set(files)]);
}

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));

self.addEventListener("activate", (event) => event.waitUntil(self.registration.navigationPreload?.enable()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // A form that could not be sent is the browser's to send again.
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    const read = async () => (await event.preloadResponse) ?? fetch(request);
    event.respondWith(read().catch(() => caches.match(PAGE)));
  } else if (["style", "font", "image"].includes(request.destination)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});
