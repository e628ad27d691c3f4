import { expect, test } from 'vitest';
import { wanted } from './worker';

test('the worker takes in what pages load, and neither MapLibre nor what only staff sees', () => {
  expect(wanted(['assets/page-a.js', 'assets/maplibre-gl-b.js', 'assets/account-c.css', 'assets/icons-d.svg', 'icons.json', 'assets/latin-e.woff2', 'assets/page-a.js.map']))
    .toEqual(['assets/icons-d.svg', 'assets/latin-e.woff2', 'assets/page-a.js']);
});
