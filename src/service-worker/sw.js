// Service worker of the built page. It does two things that a plain static host cannot:
// 1. adds the isolation headers and the content policy to every response, workers' scripts included, so that
//    WebAssembly may use threads and nothing leaves the origin;
// 2. keeps a copy of the whole build, so that the page works with the network unplugged.
// The build fills in the two constants (vite.config.ts). Plain JavaScript: a service worker has its own global scope.
const MANIFEST = '__ASSAY_MANIFEST__';
const HEADERS = '__ASSAY_HEADERS__';

const CACHE = `assay-${MANIFEST.version}`;
const BASE = new URL('./', self.location.href);
const SHELL = new Set(MANIFEST.shell.map((path) => new URL(path, BASE).href));
const HEAVY = new Set(MANIFEST.heavy.map((path) => new URL(path, BASE).href));
const INDEX = new URL('index.html', BASE).href;
/** The runtime build that this browser will not load need not be kept. */
const UNUSED = 'Suspending' in WebAssembly ? '.asyncify.' : '.jspi.';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...SHELL].map((url) => new Request(url, { cache: 'reload' })))));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith('assay-') && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

/** The page asks for the large files (runtime, samples) once it stands, so that the first visit is not held up by them. */
self.addEventListener('message', (event) => {
  if (event.data !== 'keep-everything') return;
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      for (const url of HEAVY) {
        if (url.includes(UNUSED) || (await cache.match(url)) !== undefined) continue;
        await cache.add(url).catch(() => undefined);
      }
      event.source?.postMessage('everything-kept');
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  event.respondWith(answer(request, url));
});

async function answer(request, url) {
  url.hash = '';
  url.search = '';
  if (request.mode === 'navigate') {
    // The page itself: the host's copy where it can be had, else the kept one.
    const kept = await caches.match(INDEX, { cacheName: CACHE });
    try {
      return withHeaders(await fetch(request));
    } catch {
      return kept === undefined ? Response.error() : withHeaders(kept);
    }
  }
  if (SHELL.has(url.href) || HEAVY.has(url.href)) {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(url.href);
    if (kept !== undefined) return withHeaders(kept);
  }
  return withHeaders(await fetch(request));
}

function withHeaders(response) {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
