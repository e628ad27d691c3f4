// What every page does for the network that may be away: it keeps the service worker, sends what waits, and says so.
import { to } from '../base';
import type { Notice } from './notice';
import { sendWaiting } from './outbox';
import { channel, type News } from './queue';
import { allKept } from './store';
import { noLonger } from './writer';

const again = 30_000; // ms between tries while the page is looked at

/** Begins, once the page stands. Words are asked for when there is something to say. */
export function start(words: string): void {
  if ('serviceWorker' in navigator) {
    navigator.serviceWorker.register(to('/worker.js'), { scope: to('/') })
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => active?.postMessage({ language: document.documentElement.lang, loaded: performance.getEntriesByType('resource').map(({ name }) => name) }))
      .catch(() => undefined); // the site does without, as it does in a browser that has none
  }
  if (!('locks' in navigator) || !('indexedDB' in globalThis)) return;
  let notice: Promise<Notice> | undefined; // loaded when there is something to say
  const look = async (news: News) => {
    noLonger(news.ended);
    if (!notice && news.filed === undefined && (await allKept()).length === 0) return;
    notice ??= import('./notice').then(({ Notice }) => new Notice(words));
    await (await notice).show(news);
  };
  const flush = () => void sendWaiting().then((left) => {
    if (left > 0 && timer === undefined) timer = setTimeout(() => { timer = undefined; if (!document.hidden) flush(); }, again);
  }).catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  channel().onmessage = ({ data }: MessageEvent<News>) => void look(data);
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) flush(); });
  look({}).catch(() => undefined); // a browser that keeps nothing has nothing to say
  flush();
}
