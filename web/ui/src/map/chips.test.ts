import { expect, test } from 'vitest';
import { speak } from '../words';
import { chipsOf } from './chips';
import { filterQuery, parse } from './state';

const words = speak('en', { 'filter.between': 'From {from} to {to}', 'filter.since': 'Since {from}', 'filter.until': 'Before {to}' });
const chips = (query: string) => chipsOf(parse(query).filter, words, (field, value) => `${field} ${value}`).map((chip) => [chip.label, filterQuery(chip.left)]);

test('each value goes alone, the days go together', () => {
  expect(chips('?status=new,planned&category=tag&from=2024-03-01&to=2024-04-01')).toEqual([
    ['status new', 'status=planned&category=tag&from=2024-03-01&to=2024-04-01'],
    ['status planned', 'status=new&category=tag&from=2024-03-01&to=2024-04-01'],
    ['category tag', 'status=new,planned&from=2024-03-01&to=2024-04-01'],
    ['From March 1, 2024 to March 31, 2024', 'status=new,planned&category=tag'],
  ]);
});
test.each([['', []], ['?from=2024-03-01', [['Since March 1, 2024', '']]], ['?to=2024-03-01', [['Before March 1, 2024', '']]]])('of %s', (query, want) => {
  expect(chips(query)).toEqual(want);
});
