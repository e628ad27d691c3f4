import { expect, test } from 'vitest';
import { typed, written } from './field';

test.each([
  ['48.8566', 90, 48.8566], [' 2,3522 ', 180, 2.3522], ['-0', 90, -0], ['+3', 90, 3],
  ['', 90, undefined], ['48.85N', 90, undefined], ['91', 90, undefined], ['NaN', 90, undefined], ['1e1', 90, undefined], ['1.2.3', 90, undefined],
])('typed %s', (text, limit, want) => {
  expect(typed(text, limit)).toBe(want);
});

test('written with seven decimals', () => {
  expect(written(48.85661400000001)).toBe('48.8566140');
  expect(written(-1e-9)).toBe('-0.0000000');
});
