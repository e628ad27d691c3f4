import { readFileSync } from 'node:fs';
import { validateStyleMin, type StyleSpecification } from '@maplibre/maplibre-gl-style-spec';
import { expect, test } from 'vitest';

// The server's own style, as its golden file has it: MapLibre would leave out what it does not understand, and say so only in its console.
test('the style of our ground follows the specification of the style language', () => {
  const text = readFileSync(new URL('../../../../tiles/basemap/testdata/light.json', import.meta.url), 'utf8');
  const style = JSON.parse(text) as StyleSpecification;
  expect(style.layers.length).toBeGreaterThan(40);
  expect(validateStyleMin(style)).toEqual([]);
});
