// Reads help lines and guides without a network, and shows a note when the site pushes one.
// The site writes before this file: VERSION; KEPT, all that is kept; OFFLINE, the page that stands for every other one;
// and NOTE, all that a note ever says. Pages are kept as a guest reads them, so there is nothing of anybody in them.

const CACHE = `kept-${VERSION}`;

async function keepAll() {
  const cache = await caches.open(CACHE);
  const keep = async (path) => {
    // Without cookies: what comes is the page that everybody gets.
    const response = await fetch(path, { credentials: "omit", cache: "reload", redirect: "error" });
    if (!response.ok) throw new Error("not there");
    await cache.put(path, response);
  };
  await Promise.all(KEPT.map(keep));
}

async function forgetOthers() {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
}

async function answerWithout(request) {
  const cache = await caches.open(CACHE);
  const path = new URL(request.url).pathname;
  return (await cache.match(path)) ?? (await cache.match(OFFLINE)) ?? Response.error();
}

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => answerWithout(request)));
  } else if (KEPT.includes(address.pathname + address.search)) {
    event.respondWith(fetch(request).catch(async () => (await (await caches.open(CACHE)).match(request.url)) ?? Response.error()));
  }
});

// Nothing comes with a push, so nothing can be shown of it.
self.addEventListener("push", (event) => {
  event.waitUntil(self.registration.showNotification(NOTE, { tag: "update", renotify: true }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/my"));
});
