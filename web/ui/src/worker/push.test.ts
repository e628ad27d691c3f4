import { describe, expect, test, vi } from 'vitest';
import { listen, read, type Listener } from './push';

describe('read', () => {
  test('what the server says', () => {
    const said = { title: 'Un trou', body: 'Résolu', link: '/reports/12', tag: 'report-12' };
    expect(read(JSON.stringify(said))).toEqual(said);
  });
  test.each(['', '{', 'null', '[]', '"x"', '{"title":3}'])('what is none of ours: %s', (text) => {
    expect(read(text)).toEqual({ title: 'Quartier', body: '', link: '/', tag: 'quartier' });
  });
  test.each(['https://evil.example/', '//evil.example/', '/\\evil.example/', 'javascript:alert(1)', ''])('a link to elsewhere: %s', (link) => {
    expect(read(JSON.stringify({ link })).link).toBe('/');
  });
});

/** A worker below a path, with what it does. */
function worker(urls: string[] = []) {
  const heard = new Map<string, (event: unknown) => void>();
  const focus = vi.fn();
  const shown = vi.fn(() => Promise.resolve());
  const opened = vi.fn();
  listen({
    registration: { scope: 'https://ville.example/q/', showNotification: shown },
    addEventListener: (name: string, hear: (event: unknown) => void) => heard.set(name, hear),
    clients: { matchAll: () => Promise.resolve(urls.map((url) => ({ url, focus }))), openWindow: opened },
  } as unknown as Listener);
  return {
    focus, shown, opened,
    happen: async (name: string, event: object) => {
      let work: Promise<unknown> = Promise.resolve();
      heard.get(name)?.({ ...event, waitUntil: (promise: Promise<unknown>) => { work = promise; } });
      await work;
    },
  };
}

test('a push is shown, with where it leads below the base path', async () => {
  const w = worker();
  await w.happen('push', { data: { text: () => '{"title":"Un trou","body":"Résolu","link":"/reports/12","tag":"report-12"}' } });
  expect(w.shown).toHaveBeenCalledWith('Un trou', expect.objectContaining({ body: 'Résolu', tag: 'report-12', data: { link: 'https://ville.example/q/reports/12' } }));
});

test('a push without words is shown all the same', async () => {
  const w = worker();
  await w.happen('push', { data: null });
  expect(w.shown).toHaveBeenCalledTimes(1);
});

test('a press opens the page, or the tab that shows it', async () => {
  const link = 'https://ville.example/q/reports/12';
  for (const [urls, opens] of [[['https://ville.example/q/'], 1], [[link], 0]] as const) {
    const w = worker([...urls]);
    const close = vi.fn();
    await w.happen('notificationclick', { notification: { close, data: { link } } });
    expect(close).toHaveBeenCalled();
    expect(w.opened).toHaveBeenCalledTimes(opens);
    expect(w.focus).toHaveBeenCalledTimes(1 - opens);
  }
});
