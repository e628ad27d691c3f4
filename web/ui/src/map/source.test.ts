import { describe, expect, test } from 'vitest';
import { dress, tiles } from './source';
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
  const ask = dress(origin, { getItem: () => 'epoch.42' }, (tile) => asked.push(tile));
  test('own live tiles carry the token and are checked each time', () => {
    expect(ask('/tiles/items/3/1/2.mvt?status=open')).toEqual({
      url: `${origin}/tiles/items/3/1/2.mvt?status=open`, cache: 'no-cache', headers: { 'Quartier-Token': 'epoch.42' },
    });
    ask('/tiles/cells/3/1/2.mvt');
    expect(asked).toEqual(['items/3/1/2', 'cells/3/1/2']);
  });
  test.each([
    ['https://tiles.example/tiles/items/1/1/1.mvt'], [`${origin}/tiles/zones/a/1/1/1.mvt`], [`${origin}/styles/plain.json`],
  ])('no token to %s', (url) => {
    const before = asked.length;
    expect(ask(url)).toEqual({ url });
    expect(asked).toHaveLength(before);
  });
  test.each([[null], [''], ['two words'], ['x\r\ny'], ['x'.repeat(300)]])('a token that is no token is not sent: %#', (stored) => {
    expect(dress(origin, { getItem: () => stored }, () => undefined)('/tiles/items/0/0/0.mvt').headers).toBeUndefined();
  });
  test('a browser that forbids storage still gets tiles', () => {
    const forbid = () => { throw new Error('denied'); };
    expect(dress(origin, { getItem: forbid }, () => undefined)('/tiles/items/0/0/0.mvt').cache).toBe('no-cache');
  });
});
