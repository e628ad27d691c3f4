import { describe, expect, test } from 'vitest';
import { between, filterQuery, format, parse, rounded, tidy, without } from './state';

describe('reading an address', () => {
  test.each([
    ['', undefined, {}],
    ['?z=12&lat=48.85&lon=2.35', { zoom: 12, lat: 48.85, lon: 2.35 }, {}],
    ['?z=12&lat=48.85', undefined, {}],
    ['?z=&lat=&lon=&status=&category=&from=', undefined, {}],
    ['?z=12&lat=91&lon=2', undefined, {}],
    ['?z=12&lat=NaN&lon=2', undefined, {}],
    ['?z=1e1&lat=1&lon=2', undefined, {}],
    ['?status=open', undefined, { status: ['open'] }],
    ['?service=eau,voirie&kind=report', undefined, { kind: ['report'], service: ['eau', 'voirie'] }],
    ['?status=planned,new,new', undefined, { status: ['new', 'planned'] }],
    ['?status=planned&status=new', undefined, { status: ['new', 'planned'] }],
    ['?category=voirie%2Cproprete', undefined, { category: ['proprete', 'voirie'] }],
    ['?from=2024-01-01&to=hier', undefined, { from: ['2024-01-01'] }],
    ['?utm_source=lettre&zone=paris_quartiers:7510101', undefined, { zone: ['paris_quartiers:7510101'] }],
  ])('%s', (query, view, filter) => {
    expect(parse(query)).toEqual({ view, filter });
  });
});

describe('writing an address', () => {
  test.each([
    ['', ''],
    ['?status=new', '?status=new'],
    ['?service=voirie&z=12&lat=48.85&lon=2.35&kind=report', '?z=12&lat=48.85&lon=2.35&kind=report&service=voirie'],
    ['?to=2024-02-01&status=planned,new&z=12&lat=48.85&lon=2.35&from=2024-01-01', '?z=12&lat=48.85&lon=2.35&status=new,planned&from=2024-01-01&to=2024-02-01'],
    ['?category=a%26b', '?category=a%26b'],
  ['?zone=paris_quartiers%2F7510101', '?zone=paris_quartiers/7510101'],
  ])('%s has the one spelling %s', (query, want) => {
    expect(format(parse(query))).toBe(want);
  });
  test('what is written reads as the same state', () => {
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647; // the minimal standard generator
    for (let i = 0; i < 5000; i++) {
      const pick = (values: string[]) => values.filter(() => random() < 0.5);
      const state = {
        view: random() < 0.2 ? undefined : rounded({ zoom: random() * 20, lat: (random() - 0.5) * 170, lon: (random() - 0.5) * 720 }),
        filter: tidy({ status: pick(['new', 'open', 'é&=,+ %']), category: pick(['a', 'b b', 'ç']), zone: pick(['s:1', 's:2']), from: pick(['2024-01-01']) }),
      };
      expect(parse(format(state))).toEqual(state);
    }
  });
  test('far-east views come back into the world', () => {
    expect(rounded({ zoom: 3.14159, lat: 1, lon: 182.354 })).toEqual({ zoom: 3.14, lat: 1, lon: -177.65 });
  });
  test.each([
    ['?report=12&layer=hexagons&outline=quartiers&status=new', '?status=new&layer=hexagons&outline=quartiers&report=12'],
    ['?report=0&layer=rings', ''], ['?report=12a', ''], ['?report=-1', ''], ['?outline=none', '?outline=none'],
  ])('%s beside the filter has the one spelling %s', (query, want) => {
    expect(format(parse(query))).toBe(want);
  });
  test('a filter loses one value, a field, its days', () => {
    const { filter } = parse('?status=new,planned&from=2024-01-01&to=2024-02-01');
    expect(filterQuery(without(filter, 'status', 'new'))).toBe('status=planned&from=2024-01-01&to=2024-02-01');
    expect(filterQuery(without(filter, 'status'))).toBe('from=2024-01-01&to=2024-02-01');
    expect(filterQuery(between(filter, undefined, undefined))).toBe('status=new,planned');
    expect(filterQuery(between({}, '2024-03-01', undefined))).toBe('from=2024-03-01');
  });
  test('a filter alone', () => {
    expect(filterQuery({})).toBe('');
    expect(filterQuery({ zone: ['a', 'b'], status: ['open'] })).toBe('status=open&zone=a,b');
  });
});
