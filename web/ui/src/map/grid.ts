// The grid of our tiles: which of them lie in a box. A tile's name is family/z/x/y, as in its address.
import type { Box } from './sight';
import { zooms } from './state';

export const families = ['items', 'cells'] as const;
export type Family = (typeof families)[number];

/** A rectangle of tiles of one zoom, edges included. Columns may lie beyond the world where the box does. */
export interface Span {
  zoom: number;
  west: number;
  north: number;
  east: number;
  south: number;
}

/** The zoom of the tiles that a map of 512 px tiles shows. */
export function tileZoom(zoom: number): number {
  return Math.min(zooms.max, Math.max(zooms.min, Math.floor(zoom)));
}

/** The tiles of a zoom that a box touches. */
export function spanOf(box: Box, zoom: number): Span {
  const n = 2 ** zoom;
  const column = (lon: number) => Math.floor(((lon + 180) / 360) * n);
  const row = (lat: number) => {
    const sin = Math.sin((Math.max(-89, Math.min(89, lat)) * Math.PI) / 180);
    return Math.max(0, Math.min(n - 1, Math.floor((0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n)));
  };
  return { zoom, west: column(box.west), north: row(box.north), east: column(box.east), south: row(box.south) };
}

/** The names of a span's tiles, each once however often the world is seen. */
export function names(span: Span, family: Family): string[] {
  const n = 2 ** span.zoom;
  const found: string[] = [];
  for (let x = span.west; x <= Math.min(span.east, span.west + n - 1); x++) {
    for (let y = span.north; y <= span.south; y++) found.push(nameOf(family, { z: span.zoom, x: ((x % n) + n) % n, y }));
  }
  return found;
}

interface Numbers {
  z: number;
  x: number;
  y: number;
}

export function nameOf(family: Family, { z, x, y }: Numbers): string {
  return `${family}/${z}/${x}/${y}`;
}

/** The numbers of a tile's name. */
export function numbers(name: string): Numbers {
  const [, z = 0, x = 0, y = 0] = name.split('/').map(Number);
  return { z, x, y };
}
