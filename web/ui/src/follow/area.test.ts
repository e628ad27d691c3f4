import { expect, test } from 'vitest';
import { read, written } from './area';

test('a closed ring is written without its last corner, and read again', () => {
  const text = written([[2.123456, 48.5], [2.2, 48.5], [2.2, 48.6], [2.123456, 48.5]]);
  expect(text).toBe('2.12346_48.50000~2.20000_48.50000~2.20000_48.60000');
  expect(read(text)).toEqual([[2.12346, 48.5], [2.2, 48.5], [2.2, 48.6]]);
});

test('corners that fall together are one', () => {
  expect(written([[1, 1], [1.000001, 1], [2, 1], [2, 2]])).toBe('1.00000_1.00000~2.00000_1.00000~2.00000_2.00000');
});

test.each(['', 'x', '1_2', '1_2~3_4', '1_2~3_4~5', '1_2~3_4~200_1', '1_2~3_4~5_x'])('%s is no area', (text) => {
  expect(read(text)).toEqual([]);
});
