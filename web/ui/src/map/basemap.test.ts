import { afterEach, describe, expect, test, vi } from 'vitest';
import { fetchBasemap, fetchGround, onBasemap, wished } from './basemap';
import type { Palette } from './colour';
import type { StyleSpecification } from './maplibre';
import type { Sheet } from './style';

const colours: Palette = {
  ground: '#FFF', zone: '#777', land: ['#1', '#2', '#3'], card: '#FFF', ink: '#000', muted: '#555', accent: '#066', edge: '#888',
  ramp: ['#1', '#2', '#3', '#4', '#5'], state: {} as Palette['state'],
};
const sheet: Sheet = { colours, zones: [{ set: 'a', tiles: 'z', shown: true }], items: 'i', steps: [1, 2, 3, 4, 5], open: ['new'], lang: 'fr', font: ['Ours'], bare: false };
const base: StyleSpecification = {
  version: 8, sources: { streets: { type: 'vector', tiles: ['s'] } },
  layers: [
    { id: 'land', type: 'background' },
    { id: 'name', type: 'symbol', source: 'streets', 'source-layer': 'names', layout: { 'text-field': 'x', 'text-font': ['Theirs'] } },
  ],
};
const fonts = (style: StyleSpecification) => style.layers.flatMap((layer) => (layer.type === 'symbol' && layer.id.startsWith('quartier') ? [layer.layout?.['text-font']] : [])).filter((font) => font !== undefined);

describe('a basemap', () => {
  test('lies under all that is ours, and brings no ground of ours', () => {
    const { layers, sources } = onBasemap(base, sheet);
    expect(layers.slice(0, 2).map((layer) => layer.id)).toEqual(['land', 'name']);
    expect(layers.some((layer) => layer.id === 'quartier-ground')).toBe(false);
    expect(Object.keys(sources)).toEqual(['streets', 'quartier-zones-a', 'quartier-items', 'quartier-lit']);
  });
  test('names quarters only where the city has no zones', () => {
    const named: StyleSpecification = { ...base, layers: [...base.layers, { id: 'place-quarter', type: 'background' }] };
    const names = (zones: Sheet['zones']) => onBasemap(named, { ...sheet, zones }).layers.map((layer) => layer.id);
    expect(names(sheet.zones)).not.toContain('place-quarter');
    expect(names([])).toContain('place-quarter');
  });
  test('without glyphs our own font stays; with glyphs only the basemap’s fonts can be had', () => {
    expect(new Set(fonts(onBasemap(base, sheet)).flat())).toEqual(new Set(['Ours']));
    expect(new Set(fonts(onBasemap({ ...base, glyphs: 'g' }, sheet)).flat())).toEqual(new Set(['Theirs']));
  });
});

describe('fetching it', () => {
  afterEach(() => vi.unstubAllGlobals());
  const answer = (made: () => Response | Promise<Response>) => vi.stubGlobal('fetch', () => Promise.resolve().then(made));
  test('gives the style', async () => {
    answer(() => Response.json(base));
    expect(await fetchBasemap('https://tiles.example/style.json')).toEqual(base);
  });
  test.each<[string, () => Response]>([
    ['the host is away', () => { throw new TypeError('failed'); }],
    ['it is refused', () => new Response('', { status: 403 })],
    ['it is no JSON', () => new Response('<html>')],
    ['it is no style', () => Response.json({ tilejson: '3.0.0' })],
  ])('gives nothing when %s', async (_, made) => {
    answer(made);
    expect(await fetchBasemap('https://tiles.example/style.json')).toBeUndefined();
  });
});

describe('our server’s own style', () => {
  afterEach(() => vi.unstubAllGlobals());
  const ground = { ...base, sources: { ground: { type: 'vector', url: 'http://inside:8080/tiles/basemap.json' } } };
  const serve = (files: Record<string, unknown>) => vi.stubGlobal('fetch', (address: string) => Promise.resolve(address in files ? Response.json(files[address]) : new Response('', { status: 404 })));
  test('is asked for at the page’s own address, whatever the server believes to be called', async () => {
    serve({
      'https://town.example/styles/light.json': ground,
      'https://town.example/tiles/basemap.json': { tiles: ['http://inside:8080/tiles/basemap/{z}/{x}/{y}.mvt?v=1'], maxzoom: 16 },
    });
    expect((await fetchGround('/styles/light.json', 'https://town.example'))?.sources).toEqual({
      ground: { type: 'vector', tiles: ['https://town.example/tiles/basemap/{z}/{x}/{y}.mvt?v=1'], maxzoom: 16 },
    });
  });
  test('is not laid when its tiles are not to be had', async () => {
    serve({ 'https://town.example/styles/light.json': ground });
    expect(await fetchGround('/styles/light.json', 'https://town.example')).toBeUndefined();
  });
  test('is the one for the reader’s eyes', () => {
    const styles = { light: 'l', dark: 'd', contrast: 'c', contrastDark: 'cd' };
    const reader = (...wishes: string[]) => wished(styles, (query) => ({ matches: wishes.some((wish) => query.includes(wish)) }));
    expect([reader(), reader('dark'), reader('contrast'), reader('dark', 'contrast')]).toEqual(['l', 'd', 'c', 'cd']);
  });
});
