import { expect, test } from 'vitest';
import { ramp } from './ramp';

test.each([
  [[], [1, 2, 3, 4, 5]],
  [[7], [1, 7, 8, 9, 10]],
  [[2, 4, 9, 13, 16, 18, 22, 29, 31, 40], [1, 9, 15, 20, 30]],
  [[1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5]],
  [[3, 17, 35, 120, 317, 1332, 20, 260, 90, 5], [1, 15, 30, 120, 300]],
])('steps of %o', (counts, want) => {
  expect(ramp(counts)).toEqual(want);
});

test('steps rise, whatever the counts', () => {
  for (let i = 0; i < 1000; i++) {
    const steps = ramp(Array.from({ length: i % 40 }, (_, k) => Math.ceil(10 ** (((i * 7919 + k * 104729) % 1000) / 170))));
    for (let k = 1; k < steps.length; k++) expect(steps[k]).toBeGreaterThan(steps[k - 1] ?? NaN);
  }
});
