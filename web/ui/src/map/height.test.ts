import { expect, test } from 'vitest';
import { settle, step } from './height';

const sizes = { peek: 100, half: 400, full: 740 };

test.each([
  [110, 0, 'peek'], [240, 0, 'peek'], [260, 0, 'half'], [600, 0, 'full'], [900, 0, 'full'], [0, 0, 'peek'],
  [110, 2, 'half'], [410, 2, 'full'], [740, 2, 'full'], [700, -2, 'half'], [390, -2, 'peek'], [50, -2, 'peek'], [410, 0.3, 'half'],
] as const)('let go at %i px with %d px/ms it rests at %s', (tall, speed, want) => {
  expect(settle(tall, speed, sizes)).toBe(want);
});
test.each([['peek', 1, 'half'], ['half', 1, 'full'], ['full', 1, 'full'], ['full', -1, 'half'], ['peek', -1, 'peek']] as const)('%s by %i is %s', (from, by, want) => {
  expect(step(from, by)).toBe(want);
});
