import { expect, test } from 'vitest';
import { names, numbers, spanOf, tileZoom } from './grid';

test.each([[0, 0], [-0.5, 0], [14.99, 14], [18.2, 18], [20, 18]])('at zoom %d the map has tiles of %d', (zoom, want) => {
  expect(tileZoom(zoom)).toBe(want);
});

test.each([
  [{ west: 2.35, south: 48.85, east: 2.35, north: 48.85 }, 18, ['items/18/132783/90192']],
  [{ west: -180, south: -90, east: 180, north: 90 }, 0, ['items/0/0/0']],
  [{ west: 170, south: 1, east: 190, north: 2 }, 4, ['items/4/15/7', 'items/4/0/7']], // over the date line
  [{ west: -400, south: 1, east: 400, north: 2 }, 1, ['items/1/0/0', 'items/1/1/0']], // the world twice
  [{ west: -1, south: -1, east: 1, north: 1 }, 1, ['items/1/0/0', 'items/1/0/1', 'items/1/1/0', 'items/1/1/1']],
])('%o at zoom %d', (box, zoom, want) => {
  expect(names(spanOf(box, zoom), 'items')).toEqual(want);
});

test('a name has its numbers', () => {
  expect(numbers('cells/18/132783/90192')).toEqual({ z: 18, x: 132783, y: 90192 });
});
