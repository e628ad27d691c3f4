import { expect, test } from 'vitest';
import { speak } from '../words';
import { monday, sentence } from './count';

const words = speak('en', {
  'map.count.one': '{n} report here', 'map.count.other': '{n} reports here', 'map.week.one': '{n} new this week', 'map.week.other': '{n} new this week',
  'map.open.one': '{n} of them open', 'map.open.other': '{n} of them open', 'map.empty.bare': 'No reports here.', 'map.empty.filtered': 'No reports here with these filters.',
});

test.each([
  [{ total: 1412, open: 100, fresh: 38, filtered: false }, '1,412 reports here · 38 new this week'],
  [{ total: 412, open: 100, fresh: 0, filtered: false }, '412 reports here · 100 of them open'],
  [{ total: 412, open: 100, fresh: undefined, filtered: false }, '412 reports here · 100 of them open'],
  [{ total: 412, open: 412, fresh: 0, filtered: false }, '412 reports here'],
  [{ total: 1, open: 0, fresh: undefined, filtered: false }, '1 report here'],
  [{ total: 0, open: 0, fresh: 3, filtered: false }, 'No reports here.'],
  [{ total: 0, open: 0, fresh: undefined, filtered: true }, 'No reports here with these filters.'],
])('%o', (count, want) => {
  expect(sentence(count, words)).toBe(want);
});
test.each([[new Date(2024, 2, 31, 23), '2024-03-25'], [new Date(2024, 3, 1), '2024-04-01'], [new Date(2025, 0, 1), '2024-12-30']])('the Monday of %o', (day, want) => {
  expect(monday(day)).toBe(want);
});
