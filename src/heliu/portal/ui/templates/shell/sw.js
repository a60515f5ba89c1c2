/* Answers when the network does not: the house's files at once, the order pad as it was read last,
   and for every other page the page that says so. Nothing else of anybody's is kept. */
"use strict";

const TOLD = {{ told }};
const FILES = `heliu-files-${TOLD.version}`;
const PAGES = "heliu-pages";
const LANGUAGE = "/offline-language";
const PATIENCE = 6000; /* how long a kept page waits for a poor network */

self.addEventListener("install", (event) => {
  const wanted = [...TOLD.files, ...Object.values(TOLD.offline)];
  event.waitUntil(
    caches.open(FILES).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("heliu-files-") && name !== FILES;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.method !== "GET") {
    /* Whoever leaves the desk takes what was read there along. */
    if (TOLD.leaves.includes(address.pathname)) event.waitUntil(leave());
    return;
  }
  if (request.mode === "navigate") event.respondWith(page(request, address.pathname));
  else if (address.pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function leave() {
  const told = await self.registration.pushManager?.getSubscription();
  await Promise.all([caches.delete(PAGES), told?.unsubscribe()]);
}

/* A notice that the house sent to this device, and what follows when somebody touches it. */
self.addEventListener("push", (event) => {
  const { text, link, tag } = event.data.json();
  const shown = { body: text, tag, icon: TOLD.icon, badge: TOLD.icon, data: { link } };
  event.waitUntil(self.registration.showNotification("Heliu", shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.link));
});

async function open(link) {
  const [page] = await self.clients.matchAll({ type: "window" });
  if (!page) return self.clients.openWindow(link);
  await page.focus();
  return page.navigate(link);
}

async function file(request) {
  return (await caches.match(request)) || fetch(request);
}

async function page(request, path) {
  const kept = TOLD.kept.includes(path) ? await caches.match(path, { cacheName: PAGES }) : null;
  try {
    const answer = await (kept ? soon(fetch(request)) : fetch(request));
    await remember(answer, path);
    return answer;
  } catch {
    return kept || offline();
  }
}

function soon(answer) {
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE));
  return Promise.race([answer, late]);
}

async function remember(answer, path) {
  if (new URL(answer.url || self.location).pathname === TOLD.signIn) {
    await caches.delete(PAGES);
    return;
  }
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(PAGES);
  const language = answer.headers.get("content-language");
  if (language) await cache.put(LANGUAGE, new Response(language));
  if (TOLD.kept.includes(path)) await cache.put(path, answer.clone());
}

async function offline() {
  const said = await caches.match(LANGUAGE, { cacheName: PAGES });
  const language = said ? await said.text() : "";
  const wanted = TOLD.offline[language] || Object.values(TOLD.offline)[0];
  return (await caches.match(wanted)) || Response.error();
}
