import { expect, test } from 'vitest';
import { after, between } from './area';

test('an area is drawn from any corner, and ends at the edges of the photo', () => {
  expect(between(60, 70, 20.04, 10)).toEqual({ left: 20, top: 10, width: 40, height: 60 });
  expect(between(-5, 50, 120, 150)).toEqual({ left: 0, top: 50, width: 100, height: 50 });
});

test('arrows move it, Shift makes it larger or smaller, and it stays on the photo', () => {
  const a = { left: 89.5, top: 0, width: 10, height: 1 };
  expect(after('ArrowRight', false, a)).toEqual({ ...a, left: 90 });
  expect(after('ArrowUp', false, a)).toEqual(a);
  expect(after('ArrowRight', true, a)).toEqual({ ...a, width: 10.5 });
  expect(after('ArrowUp', true, a)).toEqual(a);
  expect(after('Enter', false, a)).toBeUndefined();
});
