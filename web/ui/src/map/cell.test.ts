import { expect, test } from 'vitest';
import { parent, resolution } from './cell';

// Parents as the H3 library gives them (h3.CellToParent).
test.each([
  ['8d1fb466689343f', 13, '8d1fb466689343f'],
  ['8d1fb466689343f', 11, '8b1fb4666893fff'],
  ['8d1fb466689343f', 8, '881fb46669fffff'],
  ['8d1fb466689343f', 0, '801ffffffffffff'],
])('of %s at %i is %s', (cell, at, want) => {
  expect(parent(cell, at)).toBe(want);
});
test.each([['', 3], ['xyz', 3], ['881fb46669fffff', 9]])('%s has no parent at %i', (cell, at) => {
  expect(parent(cell, at)).toBeUndefined();
});
test.each([[0, 0], [12.9, 8], [15, 11], [20, 13], [-1, 0]])('zoom %d clusters by resolution %i', (zoom, want) => {
  expect(resolution(zoom)).toBe(want);
});
