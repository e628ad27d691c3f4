import { describe, expect, test } from 'vitest';
import { bars, begin, lastDay, marks, nextWindow, period, place, shift } from './histogram';

describe('bars', () => {
  test('every week to today has one, empty or not', () => {
    const made = bars([{ key: '2024-03-18', count: 2 }, { key: '2024-03-04', count: 5 }], '2024-03-27');
    expect(made).toEqual({ unit: 'week', bars: [
      { day: '2024-03-04', count: 5 }, { day: '2024-03-11', count: 0 }, { day: '2024-03-18', count: 2 }, { day: '2024-03-25', count: 0 },
    ] });
  });
  test('four years are months, and nothing is lost', () => {
    const weeks = Array.from({ length: 200 }, (_, i) => ({ key: shift('week', '2020-12-28', i), count: i + 1 }));
    const made = bars(weeks, '2024-11-01');
    expect(made.unit).toBe('month');
    expect(made.bars[0]).toEqual({ day: '2020-12-01', count: 1 });
    expect(made.bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(weeks.reduce((sum, week) => sum + week.count, 0));
    expect(made.bars.map((bar) => bar.day)).toEqual([...new Set(made.bars.map((bar) => bar.day))].sort());
  });
  test.each([[[]], [[{ key: 'x', count: 3 }]], [[{ key: '2024-01-01', count: 0 }]]])('none for %o', (weeks) => {
    expect(bars(weeks, '2024-01-01').bars).toEqual([]);
  });
});

test.each([
  ['week', '2024-03-10', '2024-03-04'], ['week', '2024-03-11', '2024-03-11'], ['week', '2024-01-01', '2024-01-01'], ['month', '2024-02-29', '2024-02-01'],
] as const)('the %s of %s begins on %s', (unit, at, want) => {
  expect(begin(unit, at)).toBe(want);
});
test.each([['week', '2024-02-26', 1, '2024-03-04'], ['month', '2024-12-01', 1, '2025-01-01'], ['month', '2024-01-01', -1, '2023-12-01']] as const)('%s after %s: %i', (unit, at, by, want) => {
  expect(shift(unit, at, by)).toBe(want);
});

describe('marks', () => {
  const all = marks('week', bars([{ key: '2024-03-04', count: 1 }, { key: '2024-03-18', count: 1 }], '2024-03-18').bars);
  test('are one more than the bars', () => {
    expect(all).toEqual(['2024-03-04', '2024-03-11', '2024-03-18', '2024-03-25']);
  });
  test.each([
    [undefined, undefined, [0, 3]], ['2024-03-11', '2024-03-18', [1, 2]], ['2024-03-12', '2024-03-13', [1, 2]], ['2020-01-01', '2030-01-01', [0, 3]],
    ['2030-01-01', undefined, [2, 3]], [undefined, '2020-01-01', [0, 1]],
  ])('%s to %s lies at %o', (from, to, want) => {
    expect(place(all, from, to)).toEqual(want);
  });
  test.each([[0, 3, undefined, undefined], [1, 3, '2024-03-11', undefined], [0, 2, undefined, '2024-03-18'], [1, 2, '2024-03-11', '2024-03-18']])('%i to %i is a period', (low, high, from, to) => {
    expect(period(all, low, high)).toEqual({ from, to });
  });
});

test('time is played window by window to the end', () => {
  const seen: string[] = [];
  for (let at: string | undefined = '2024-01-01'; at !== undefined; ) {
    const window = nextWindow('month', at, '2024-03-15');
    if (window) seen.push(`${window.from}/${window.to}`);
    at = window?.to;
  }
  expect(seen).toEqual(['2024-01-01/2024-02-01', '2024-02-01/2024-03-01', '2024-03-01/2024-04-01']);
});
test('people name the last day that is in', () => {
  expect(lastDay('2024-03-01')).toBe('2024-02-29');
});
