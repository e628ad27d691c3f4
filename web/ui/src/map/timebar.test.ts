import { expect, test } from 'vitest';
import { bars } from './histogram';
import { ticks } from './timebar';

const three = bars([{ key: '2021-01-04', count: 1 }, { key: '2023-12-25', count: 1 }], '2023-12-31').bars;

test.each([[6, ['2021-07-01', '2022-01-01', '2022-07-01', '2023-01-01', '2023-07-01']], [3, ['2022-01-01', '2023-01-01']], [1, ['2022-01-01', '2023-01-01']]])('at most %i months are written below three years', (most, want) => {
  const shown = ticks(three, most);
  expect(shown.map(({ day }) => day)).toEqual(want);
  for (const { at, day } of shown) expect(three[at]?.day.slice(0, 7)).toBe(day.slice(0, 7));
});
