import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { drawKeys, filingKeys, mapKeys, outboxKeys, placeKeys, speak } from './words';

const fr = speak('fr', {
  'map.count.one': '{n} signalement', 'map.count.other': '{n} signalements',
  'map.item': '{category}, {status}, nº {id}',
});
const en = speak('en', { 'map.count.one': '{n} report', 'map.count.other': '{n} reports' });

describe('words', () => {
  test.each([
    [fr, 0, '0 signalement'], [fr, 1, '1 signalement'], [fr, 2, '2 signalements'],
    [fr, 35537, '35 537 signalements'], [fr, 1_000_000, '1 000 000 signalements'],
    [en, 0, '0 reports'], [en, 1, '1 report'], [en, 35537, '35,537 reports'],
  ])('plural %#', (words, n, want) => {
    expect(words.count('map.count', n).replace(/\s/g, ' ')).toBe(want);
  });
  test('fills values once and leaves unknown names', () => {
    expect(fr.say('map.item', { category: '{status}', status: 'Nouveau' })).toBe('{status}, Nouveau, nº {id}');
  });
  test('a missing word shows its key', () => {
    expect(fr.say('card.back')).toBe('card.back');
  });
  test.each([
    ['2024-03-20T11:59:30Z', 'il y a 0 minute'], ['2024-03-20T11:20:00Z', 'il y a 40 minutes'], ['2024-03-20T09:00:00Z', 'il y a 3 heures'],
    ['2024-03-19T11:00:00Z', 'hier'], ['2024-03-05T12:00:00Z', 'il y a 2 semaines'], ['2021-01-01T00:00:00Z', 'il y a 3 ans'], ['2024-03-20T12:05:00Z', 'il y a 0 minute'], ['hier', 'hier'],
  ])('%s is %s', (iso, want) => {
    expect(fr.ago(iso, Date.parse('2024-03-20T12:00:00Z')).replace('cette minute-ci', 'il y a 0 minute')).toBe(want);
  });
  test('dates in words; what is no date stays as it is', () => {
    expect(fr.date('2024-03-01T10:00:00Z')).toBe('1er mars 2024');
    expect(fr.date('2024-03-11T10:00:00Z')).toBe('11 mars 2024');
    expect(en.date('2024-03-01T10:00:00Z')).toBe('March 1, 2024');
    expect(fr.date('hier')).toBe('hier');
  });
  test('a day is the same day west of Greenwich, an instant is told in the time of the place', () => {
    const here = process.env.TZ;
    process.env.TZ = 'America/Martinique';
    try {
      const words = speak('fr', {});
      expect(words.date('2024-03-01')).toBe('1er mars 2024');
      expect(words.date('2024-03-01T02:00:00Z')).toBe('29 février 2024');
    } finally {
      if (here === undefined) delete process.env.TZ;
      else process.env.TZ = here;
    }
  });
  test.each(['fr', 'en'])('the catalogue of the server has every key, %s', (lang) => {
    const catalogue = readFileSync(new URL(`../../../reports/language/${lang}.yaml`, import.meta.url), 'utf8');
    const known = new Set(catalogue.split('\n').map((line) => /^([\w.]+):/.exec(line)?.[1]));
    expect([...mapKeys, ...placeKeys, ...drawKeys, ...outboxKeys, ...filingKeys].filter((key) => !known.has(key))).toEqual([]);
  });
  test('every key is said somewhere', () => {
    const sources = Object.entries(import.meta.glob<string>('./**/*.ts', { query: '?raw', import: 'default', eager: true }));
    const said = sources.filter(([path]) => !path.endsWith('words.ts') && !path.endsWith('.test.ts')).map(([, text]) => text).join();
    expect([...mapKeys, ...placeKeys, ...drawKeys, ...outboxKeys, ...filingKeys].filter((key) => !said.includes(`'${key.replace(/\.(one|other)$/, '')}'`))).toEqual([]);
  });
  test('each plural has both forms, and no key stands twice', () => {
    for (const keys of [mapKeys, placeKeys, drawKeys, outboxKeys, filingKeys] as readonly (readonly string[])[]) {
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys) if (key.endsWith('.one')) expect(keys).toContain(key.replace(/one$/, 'other'));
    }
  });
});
