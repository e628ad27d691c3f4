import { expect, test } from 'vitest';
import { ramp } from './ramp';

test.each([
  [0, [1, 2, 3, 4, 5]],
  [1, [1, 2, 3, 4, 5]],
  [100, [1, 2, 5, 10, 20]],
  [35537, [1, 5, 50, 500, 2000]],
])('steps up to %d', (most, want) => {
  expect(ramp(most)).toEqual(want);
});

test('steps rise, whatever the counts', () => {
  for (let most = 0; most < 5000; most++) {
    const steps = ramp(most);
    for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan(steps[i - 1] ?? NaN);
  }
});
