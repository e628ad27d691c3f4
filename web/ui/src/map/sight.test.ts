import { describe, expect, test } from 'vitest';
import { look, within, type Drawn } from './sight';

const paris = { west: 2, south: 48, east: 3, north: 49 };
const isOpen = (status: string) => status === 'new';
const at = (lon: number, lat: number) => ({ type: 'Point', coordinates: [lon, lat] });
const cluster = (h3: string, count: number, open: number, lon = 2.3): Drawn => ({ sourceLayer: 'clusters', properties: { h3, count, open }, geometry: at(lon, 48.5) });
const single: Drawn = { sourceLayer: 'clusters', properties: { h3: 'c', count: 1, open: 1, id: 7, kind: 'report', category: 'voirie', status: 'new' }, geometry: at(2.5, 48.5) };
const item = (id: number, status: string, created = 19000): Drawn => ({ id, sourceLayer: 'items', properties: { kind: 'report', category: 'a', status, created }, geometry: at(2.5, 48.5) });

describe('what is in sight', () => {
  test('sums clusters and single items', () => {
    const sight = look([cluster('a', 10, 4), cluster('b', 20, 0), single], paris, isOpen);
    expect(sight.total).toBe(31);
    expect(sight.open).toBe(5);
    expect(sight.clusters.map((c) => c.cell)).toEqual(['b', 'a']);
    expect(sight.items).toEqual([{ id: 7, kind: 'report', category: 'voirie', status: 'new', created: 0, lat: 48.5, lon: 2.5 }]);
  });
  test('a feature drawn twice counts once', () => {
    expect(look([item(1, 'new'), item(1, 'new'), cluster('a', 3, 0), cluster('a', 3, 0)], paris, isOpen)).toMatchObject({ total: 4, open: 1 });
  });
  test('items on one place stay many, newest first', () => {
    expect(look([item(1, 'new'), item(3, 'resolved'), item(2, 'new'), item(4, 'new', 18999)], paris, isOpen).items.map((i) => i.id)).toEqual([3, 2, 1, 4]);
  });
  test('what only reaches into the view with its edge does not count', () => {
    expect(look([cluster('a', 10, 4, 3.01)], paris, isOpen).total).toBe(0);
  });
  test('features that are no points are passed over', () => {
    expect(look([{ properties: {}, geometry: { type: 'Polygon', coordinates: [] } }, { properties: {}, geometry: at(NaN, 48.5) }], paris, isOpen).total).toBe(0);
  });
});

test.each([
  [{ west: 2, south: 48, east: 3, north: 49 }, 48.5, 2.5, true],
  [{ west: 2, south: 48, east: 3, north: 49 }, 49.5, 2.5, false],
  [{ west: 170, south: 0, east: 190, north: 10 }, 5, -175, true],
  [{ west: -190, south: 0, east: -170, north: 10 }, 5, 175, true],
  [{ west: -190, south: 0, east: -170, north: 10 }, 5, 0, false],
  [{ west: -300, south: -80, east: 300, north: 80 }, 5, 0, true],
])('within %o', (box, lat, lon, want) => {
  expect(within(box, lat, lon)).toBe(want);
});
