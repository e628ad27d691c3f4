import { afterEach, describe, expect, test, vi } from 'vitest';
import { dress, fetchLive, tiles } from './source';
import { parse } from './state';

const origin = 'https://quartier.example';

describe('tile addresses', () => {
  const at = tiles(origin, '/tiles/items.json');
  test.each([
    [at.items({}), '/tiles/items/{z}/{x}/{y}.mvt'],
    [at.items(parse('?to=2024-02-01&status=planned,new,new&z=3&lat=1&lon=1').filter), '/tiles/items/{z}/{x}/{y}.mvt?status=new,planned&to=2024-02-01'],
    [at.cells({ category: ['a b'] }), '/tiles/cells/{z}/{x}/{y}.mvt?category=a%20b'],
    [at.zones('paris_quartiers'), '/tiles/zones/paris_quartiers/{z}/{x}/{y}.mvt'],
    [at.zones('a/b'), '/tiles/zones/a%2Fb/{z}/{x}/{y}.mvt'],
  ])('%s', (got, want) => {
    expect(got).toBe(origin + want);
  });
});

describe('requests', () => {
  const asked: string[] = [];
  const late: string[] = [];
  let stands: string | undefined = 'a_-b';
  const follower = { ask: (tile: string) => void asked.push(tile), stands: () => stands, late: (tile: string) => void late.push(tile) };
  const ask = dress(origin, { getItem: () => 'epoch.42' }, follower);
  test('own live tiles carry the token and where the stream stands, and are checked each time', () => {
    expect(ask('/tiles/items/3/1/2.mvt?status=open')).toEqual({
      url: `live://${origin}/tiles/items/3/1/2.mvt?status=open`, cache: 'no-cache', headers: { 'Quartier-Token': 'epoch.42', 'Quartier-Since': 'a_-b' },
    });
    stands = undefined;
    expect(ask('/tiles/cells/3/1/2.mvt').headers).toEqual({ 'Quartier-Token': 'epoch.42' });
    expect(asked).toEqual(['items/3/1/2', 'cells/3/1/2']);
  });
  test.each([
    ['https://tiles.example/tiles/items/1/1/1.mvt'], [`${origin}/tiles/zones/a/1/1/1.mvt`], [`${origin}/styles/plain.json`],
  ])('nothing of that to %s', (url) => {
    const before = asked.length;
    expect(ask(url)).toEqual({ url });
    expect(asked).toHaveLength(before);
  });
  test.each([[null], [''], ['two words'], ['x\r\ny'], ['x'.repeat(300)]])('a token that is no token is not sent: %#', (stored) => {
    expect(dress(origin, { getItem: () => stored }, follower)('/tiles/items/0/0/0.mvt').headers).toEqual({});
  });
  test('a browser that forbids storage still gets tiles', () => {
    const forbid = () => { throw new Error('denied'); };
    expect(dress(origin, { getItem: forbid }, follower)('/tiles/items/0/0/0.mvt').cache).toBe('no-cache');
  });

  test('below a base path they are live all the same, and a neighbour of ours is none', () => {
    vi.stubGlobal('document', { querySelector: () => ({ content: '/quartier' }) });
    const below = dress(origin, { getItem: () => 'epoch.42' }, follower);
    expect(below('/quartier/tiles/items/3/1/2.mvt').headers).toEqual({ 'Quartier-Token': 'epoch.42' });
    expect(below('/tiles/items/3/1/2.mvt').headers).toBeUndefined();
    vi.unstubAllGlobals();
  });

  describe('are fetched', () => {
    const fetched = (answer: Response) => {
      const fetch = vi.fn<typeof globalThis.fetch>(() => Promise.resolve(answer));
      vi.stubGlobal('fetch', fetch);
      return fetch;
    };
    afterEach(() => vi.unstubAllGlobals());
    const signal = new AbortController().signal;
    test('as they were dressed; one that may be old is told of', async () => {
      const fetch = fetched(new Response('abc', { headers: { ETag: '"7"' } }));
      const come = await fetchLive(ask('/tiles/items/3/1/2.mvt?status=open'), signal, follower);
      expect([new TextDecoder().decode(come.data), Object.keys(come)]).toEqual(['abc', ['data']]);
      expect(fetch).toHaveBeenCalledWith(`${origin}/tiles/items/3/1/2.mvt?status=open`, { signal, cache: 'no-cache', headers: { 'Quartier-Token': 'epoch.42' } });
      expect(late).toEqual([]);
      fetched(new Response('abc', { headers: { 'Quartier-Behind': '1' } }));
      await fetchLive(ask('/tiles/items/3/1/2.mvt'), signal, follower);
      expect(late).toEqual(['items/3/1/2']);
    });
    test('an empty one is empty, a failure fails', async () => {
      fetched(new Response(null, { status: 204 }));
      expect((await fetchLive(ask('/tiles/items/3/1/2.mvt'), signal, follower)).data.byteLength).toBe(0);
      fetched(new Response('{}', { status: 503 }));
      await expect(fetchLive(ask('/tiles/items/3/1/2.mvt'), signal, follower)).rejects.toThrow('503');
    });
  });
});
