// Keeps what pages are made of, and one page that says there is no network. Pages themselves are
// always asked of the site: nothing that belongs to a person is ever kept here.
"use strict";

const VERSION = "cfsite-{{ version }}";
const KEPT = {{ kept|safe }};
const OFFLINE = {{ offline|safe }};
// After these the page for no network speaks another language or stands in another theme.
const CHOICES = {{ choices|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(KEPT)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "POST" && CHOICES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).then(async (answer) => {
      await caches.open(VERSION).then((cache) => cache.add(OFFLINE)).catch(() => {});
      return answer;
    }));
    return;
  }
  if (request.method !== "GET" || !request.url.startsWith(self.location.origin)) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (new URL(request.url).pathname.startsWith({{ static|safe }})) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
