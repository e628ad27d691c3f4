import { expect, test } from 'vitest';
import { wanted } from './worker';

test('the worker takes in all that an open page may load, and neither MapLibre nor what others load', () => {
  expect(wanted({
    'assets/page-a.js': { isEntry: true, name: 'page', imports: ['assets/token-b.js'], dynamicImports: ['assets/start-c.js'], viteMetadata: { importedCss: new Set(['assets/page-d.css']) } },
    'assets/token-b.js': {}, 'assets/start-c.js': { name: 'start', imports: ['assets/token-b.js', 'assets/maplibre-gl-e.js'] },
    'assets/maplibre-gl-e.js': { viteMetadata: { importedCss: new Set(['assets/maplibre-gl-f.css']) } },
    'assets/account-g.js': { isEntry: true, name: 'account', dynamicImports: ['assets/passkey-h.js'] }, 'assets/passkey-h.js': {},
    'assets/latin-i.woff2': {}, 'assets/icons-j.svg': {}, 'icons.json': {},
  })).toEqual(['assets/icons-j.svg', 'assets/latin-i.woff2', 'assets/page-a.js', 'assets/page-d.css', 'assets/start-c.js', 'assets/token-b.js']);
});
