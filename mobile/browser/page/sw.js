// The offline copy of the app: every file of one build, fetched by its hash, served before the network is asked.
//
// A build is whole or not there: the files of a new version are collected in a cache of its own, unchanged ones are
// copied from the version before, and only a person's "update" makes it the one that is served.

const VERSION = "__VERSION__";
const FILES = "__FILES__";
const CACHE_PREFIX = "showfloor-";
const CACHE = CACHE_PREFIX + VERSION;
const renderer = new URL(self.location.href).searchParams.get("renderer");
const scope = new URL("./", self.location.href);

const wanted = FILES.filter((file) => !file.renderer || file.renderer === renderer);
const byUrl = new Map(wanted.map((file) => [new URL(file.path, scope).href, file]));
const indexUrl = new URL("index.html", scope).href;

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function kept(url, file) {
  const response = await caches.match(url);
  if (!response) return undefined;
  return response.headers.get("X-Showfloor-Hash") === file.hash ? response : undefined;
}

async function fetched(url, file) {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new Error(`HTTP ${response.status} for ${url}`);
  const body = await response.arrayBuffer();
  if (hex(await crypto.subtle.digest("SHA-256", body)) !== file.hash) throw new Error(`Unexpected content: ${url}`);
  const headers = { "X-Showfloor-Hash": file.hash, "Content-Length": String(body.byteLength) };
  for (const name of ["Content-Type", "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy",
    "Content-Security-Policy", "Cross-Origin-Resource-Policy"]) {
    const value = response.headers.get(name);
    if (value) headers[name] = value;
  }
  return new Response(body, { headers });
}

async function install() {
  const cache = await caches.open(CACHE);
  for (const [url, file] of byUrl) {
    if (await cache.match(url)) continue;
    await cache.put(url, (await kept(url, file)) ?? (await fetched(url, file)));
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(CACHE_PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data?.type === "switch") self.skipWaiting();
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.hash = url.search = "";
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (byUrl.has(url.href)) {
    event.respondWith(answer(event.request, url.href));
  } else if (event.request.mode === "navigate" && !url.pathname.startsWith("/api/")) {
    event.respondWith(answer(event.request, indexUrl));
  }
});
