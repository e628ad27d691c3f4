import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { mapKeys, placeKeys, speak } from './words';

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
    expect(fr.say('card.close')).toBe('card.close');
  });
  test('dates in words; what is no date stays as it is', () => {
    expect(fr.date('2024-03-01T10:00:00Z')).toBe('1 mars 2024');
    expect(fr.date('hier')).toBe('hier');
  });
  test.each(['fr', 'en'])('the catalogue of the server has every key, %s', (lang) => {
    const catalogue = readFileSync(new URL(`../../../reports/language/${lang}.yaml`, import.meta.url), 'utf8');
    const known = new Set(catalogue.split('\n').map((line) => /^([\w.]+):/.exec(line)?.[1]));
    expect([...mapKeys, ...placeKeys].filter((key) => !known.has(key))).toEqual([]);
  });
  test('every key is said somewhere', () => {
    const sources = Object.entries(import.meta.glob<string>('./**/*.ts', { query: '?raw', import: 'default', eager: true }));
    const said = sources.filter(([path]) => !path.endsWith('words.ts') && !path.endsWith('.test.ts')).map(([, text]) => text).join();
    expect([...mapKeys, ...placeKeys].filter((key) => !said.includes(`'${key.replace(/\.(one|other)$/, '')}'`))).toEqual([]);
  });
  test('each plural has both forms, and no key stands twice', () => {
    for (const keys of [mapKeys, placeKeys] as readonly (readonly string[])[]) {
      expect(new Set(keys).size).toBe(keys.length);
      for (const key of keys) if (key.endsWith('.one')) expect(keys).toContain(key.replace(/one$/, 'other'));
    }
  });
});
