// The service worker: the form opens without a network, the area that was visited stays readable, and what waits is sent when the browser wakes us. It
// answers for pages and for what they show, and leaves alone whatever changes something, streams, exports and programs.
import { to } from '../base';
import { flush, syncTag } from '../outbox/queue';
import { page, renew } from './pages';
import { listen, type Listener } from './push';
import type { Lasting, Scope } from './scope';
import { built, dropOld, forgetVisited, keepLoaded, stock } from './shelf';
import { visited } from './visited';

const worker = globalThis as unknown as Scope;

// A new version takes over at once: the names of what is built carry their content, and pages ask the network first.
worker.addEventListener('install', (event) => event.waitUntil(stock().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) => event.waitUntil(dropOld().then(() => worker.clients.claim())));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const base = to('/');
  if (origin !== location.origin || !pathname.startsWith(base)) return;
  const path = pathname.slice(base.length - 1);
  if (request.method === 'POST' && path === '/sign-out') event.waitUntil(forgetVisited());
  if (request.method !== 'GET' || request.headers.has('Authorization')) return;
  if (request.mode === 'navigate') {
    if (!/^\/api\/|\.\w+$/.test(path)) event.respondWith(page(request, path)); // files and exports come as they are
  } else if (/^\/(assets|words)\//.test(path)) event.respondWith(built(request));
  else if (/^\/(tiles|styles|maps|media)\//.test(path)) event.respondWith(visited(event));
});

// A page that stands tells the language of its reader, and what it has loaded. An older worker may have put something away while we took over: it goes, unless
// a newer one is taking in its own.
worker.addEventListener('message', (event) => {
  const { language, loaded } = event.data as { language: string; loaded: string[] };
  const { installing, waiting } = worker.registration;
  const tidy = installing || waiting ? Promise.resolve() : dropOld();
  event.waitUntil(tidy.then(() => renew(language, Date.now())).then(() => keepLoaded(loaded)).catch(() => undefined));
});

// The browser found a network. What waits still makes it try again later.
worker.addEventListener('sync', (event: Lasting & { tag?: string }) => {
  if (event.tag !== syncTag) return;
  event.waitUntil(flush(false).then((left) => { if (left > 0) throw new Error('no network yet'); }));
});

listen(worker as unknown as Listener);
