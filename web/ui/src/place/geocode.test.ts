import { expect, test } from 'vitest';
import { readAnswer } from './geocode';

const feature = (label: unknown, coordinates: unknown) => ({ type: 'Feature', properties: { label }, geometry: { type: 'Point', coordinates } });

test.each([
  ['places', { features: [feature('4 rue Monge', [2.35, 48.85])] }, [{ label: '4 rue Monge', lat: 48.85, lon: 2.35 }]],
  ['broken ones among them', { features: [null, feature(1, [2, 48]), feature('x', null), feature('y', ['2', 48]), feature('z', [2, 48])] }, [{ label: 'z', lat: 48, lon: 2 }]],
  ['a zone', { features: [{ properties: { label: 'Nord', zone: 'q/1' }, geometry: { coordinates: [2, 48] } }] }, [{ label: 'Nord', lat: 48, lon: 2, zone: 'q/1' }]],
  ['nothing', { features: [] }, []],
  ['no collection', [], []],
  ['null', null, []],
])('%s', (_, answer, want) => {
  expect(readAnswer(answer)).toEqual(want);
});
