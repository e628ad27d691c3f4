// The map's own style: a calm ground, zones with names, hexagons, clusters, points. It has no glyphs address: MapLibre then draws
// letters from the page's own font. With a basemap these layers are laid on top of it (basemap.ts).
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from './maplibre';
import { zooms } from './state';
import { states, type Palette } from './colour';
import { arcs, groups } from './icon';

/** Names of our sources and layers; tests and handlers use them. */
export const source = { items: 'quartier-items', cells: 'quartier-cells', lit: 'quartier-lit' } as const;
export const layer = { ground: 'quartier-ground', cells: 'quartier-cells', lit: 'quartier-lit', clusters: 'quartier-clusters', singles: 'quartier-singles', points: 'quartier-points' } as const;
/** The layers that hold what people filed: clusters, cells with one item, and items. */
export const itemLayers = [layer.clusters, layer.singles, layer.points] as const;
export const zoneSource = (set: string) => `quartier-zones-${set}`;

export interface Sheet {
  colours: Palette;
  zones: { set: string; tiles: string; shown: boolean }[];
  items: string; // tile address
  cells?: string; // tile address; none: no hexagons
  steps: readonly number[]; // least count of each class of hexagons
  lang: string;
  font: string[];
  open: readonly string[]; // the states of what is not done yet
  bare: boolean; // nothing lies beneath but our background: zones are painted as land
}

const count: ExpressionSpecification = ['get', 'count'];
const several: ExpressionSpecification = ['>', count, 1];

// Which ring: twelfths of each group; a group that is there at all has one.
const ringImage: ExpressionSpecification = ['concat', 'ring', ...groups.flatMap(({ group }): ExpressionSpecification[] => {
  const share: ExpressionSpecification = ['coalesce', ['get', group], 0];
  return [['concat', '-', ['to-string', ['case', ['<=', share, 0], 0, ['max', 1, ['round', ['*', arcs, ['/', share, count]]]]]]]];
})];

function numbers(lang: string): ExpressionSpecification {
  const whole: ExpressionSpecification = ['number-format', count, { locale: lang }];
  const thousands: ExpressionSpecification = ['concat', ['number-format', ['round', ['/', count, 1000]], { locale: lang }], ' k'];
  return ['case', ['>=', count, 10_000], thousands, whole];
}

/** The fill of a hexagon by its count. */
export function fill(colours: Palette, steps: readonly number[]): ExpressionSpecification {
  const rest = colours.ramp.slice(1).flatMap((colour, i) => [steps[i + 1] ?? 0, colour]);
  return ['step', count, colours.ramp[0], ...rest] as ExpressionSpecification;
}

const vector = (tiles: string): SourceSpecification => ({ type: 'vector', tiles: [tiles], minzoom: zooms.min, maxzoom: zooms.max });

/** Our sources. */
export function sources(sheet: Sheet): Record<string, SourceSpecification> {
  return {
    ...Object.fromEntries(sheet.zones.map((zone) => [zoneSource(zone.set), vector(zone.tiles)])),
    ...(sheet.cells === undefined ? {} : { [source.cells]: vector(sheet.cells) }),
    [source.items]: vector(sheet.items),
    [source.lit]: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
  };
}

// Zones as land, with a soft edge around all of them. Their numbers follow each other from neighbour to neighbour in most sets, so that
// three tints tell them apart.
function land(set: string, colours: Palette): LayerSpecification[] {
  const from = { source: zoneSource(set), 'source-layer': 'zones' };
  return [
    {
      id: `${zoneSource(set)}-shore`, type: 'line', ...from, layout: { 'line-join': 'round' },
      paint: { 'line-color': colours.zone, 'line-opacity': 0.35, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 6, 14, 18], 'line-blur': ['interpolate', ['linear'], ['zoom'], 9, 5, 14, 16] },
    },
    {
      id: `${zoneSource(set)}-land`, type: 'fill', ...from,
      paint: { 'fill-color': ['match', ['%', ['id'], 3], 0, colours.land[0], 1, colours.land[1], colours.land[2]] },
    },
  ];
}

/** Our layers, from the ground up, without the ground itself. */
export function layers(sheet: Sheet): LayerSpecification[] {
  const { colours, font } = sheet;
  const status: ExpressionSpecification = ['get', 'status'];
  const known: ExpressionSpecification = ['match', status, [...states], ['concat', 'point-', status], 'point-withdrawn'];
  const isOpen: ExpressionSpecification = ['in', status, ['literal', [...sheet.open]]];
  const either = (open: number, closed: number): ExpressionSpecification => ['case', isOpen, open, closed];
  // Always drawn, whatever they cover. From afar names give way to them; nearer, where they stand on every street, names stay beneath, or
  // there would be none. Zones alone are large enough for that sooner than streets.
  const beneath: ExpressionSpecification = ['step', ['zoom'], false, sheet.bare ? 11.9 : 14.5, true];
  const always = { 'icon-allow-overlap': true, 'text-allow-overlap': true, 'icon-ignore-placement': beneath, 'text-ignore-placement': beneath, 'icon-padding': 0, 'text-padding': 0 };
  return [
    ...(sheet.bare ? sheet.zones.slice(0, 1).flatMap((zone) => land(zone.set, colours)) : []),
    ...(sheet.cells === undefined ? [] : [{
      id: layer.cells, type: 'fill', source: source.cells, 'source-layer': 'cells',
      layout: { visibility: 'none' },
      paint: { 'fill-color': fill(colours, sheet.steps), 'fill-opacity': 0.85, 'fill-outline-color': colours.card },
    } satisfies LayerSpecification]),
    ...sheet.zones.flatMap((zone): LayerSpecification[] => [
      {
        id: `${zoneSource(zone.set)}-line`, type: 'line', source: zoneSource(zone.set), 'source-layer': 'zones',
        layout: { visibility: zone.shown ? 'visible' : 'none' },
        // Among streets a plain line would pass for one: there borders are dashed.
        paint: {
          'line-color': colours.zone, 'line-opacity': sheet.bare ? 1 : 0.7, 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 14, 1.5],
          'line-dasharray': sheet.bare ? [1, 0] : [4, 3],
        },
      },
      {
        id: `${zoneSource(zone.set)}-name`, type: 'symbol', source: zoneSource(zone.set), 'source-layer': 'names', minzoom: 11,
        layout: {
          visibility: zone.shown ? 'visible' : 'none', 'text-field': ['get', 'name'], 'text-font': font,
          'text-size': ['interpolate', ['linear'], ['zoom'], 11, sheet.bare ? 13 : 11, 15, sheet.bare ? 22 : 14],
          'text-transform': sheet.bare ? 'none' : 'uppercase', 'text-letter-spacing': sheet.bare ? 0.06 : 0.1, 'text-max-width': 8,
          'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 1.2,
        },
        paint: { 'text-color': colours.muted, 'text-halo-color': sheet.bare ? colours.land[0] : colours.ground, 'text-halo-width': 1.5 },
      },
    ]),
    {
      id: layer.lit, type: 'circle', source: source.lit,
      paint: { 'circle-radius': ['get', 'radius'], 'circle-color': colours.accent, 'circle-opacity': 0.25, 'circle-stroke-color': colours.accent, 'circle-stroke-width': 3 },
    },
    {
      id: layer.clusters, type: 'symbol', source: source.items, 'source-layer': 'clusters', filter: several,
      layout: {
        'icon-image': ringImage,
        'icon-size': ['interpolate', ['linear'], ['sqrt', count], 1.4, 0.58, 10, 0.74, 32, 0.98, 100, 1.16, 300, 1.35],
        'text-field': numbers(sheet.lang), 'text-font': font,
        'text-size': ['interpolate', ['linear'], ['sqrt', count], 1.4, 12, 100, 13],
        'symbol-sort-key': count, ...always,
      },
      paint: { 'text-color': colours.ink },
    },
    {
      id: layer.singles, type: 'symbol', source: source.items, 'source-layer': 'clusters', filter: ['!', several],
      layout: { 'icon-image': known, 'icon-size': 0.8, ...always },
    },
    // A street has years of what is done: until one stands in it, that is small and pale below what is open.
    {
      id: layer.points, type: 'symbol', source: source.items, 'source-layer': 'items',
      layout: {
        'icon-image': known, 'icon-size': ['interpolate', ['linear'], ['zoom'], 16, either(0.8, 0.4), 17.5, either(0.95, 0.55), 18, either(1, 0.85)],
        'symbol-sort-key': ['+', ['coalesce', ['get', 'created'], 0], either(1e6, 0)], ...always,
      },
      paint: { 'icon-opacity': ['interpolate', ['linear'], ['zoom'], 17.5, either(1, 0.55), 18, 1] },
    },
  ];
}

/** The whole style, on our own ground. */
export function style(sheet: Sheet): StyleSpecification {
  return {
    version: 8,
    sources: sources(sheet),
    layers: [{ id: layer.ground, type: 'background', paint: { 'background-color': sheet.colours.ground } }, ...layers(sheet)],
  };
}
