// What the server tells an island in data-config.

export interface Status {
  name: string;
  label: string;
  open: boolean;
}

/** Addresses of our server's own styles, by the reader's wishes. */
export type Styles = Record<'light' | 'dark' | 'contrast' | 'contrastDark', string>;

/** Where the ground comes from: nothing but our own calm background, a MapLibre style from outside, or our server's own styles. */
export type Basemap = { background: true } | { style: string } | { styles: Styles };

/** What both islands need. */
export interface Config {
  lat: number; // where to begin when the address names no place, in degrees
  lon: number;
  zoom: number;
  tiles: string; // address of the items' TileJSON
  zones: string[]; // zone sets to outline
  lang: string;
  words: Record<string, string>;
  basemap: Basemap;
  attribution?: string; // who made the data, in plain text
  statuses: Status[];
  pointsFrom: number; // zoom from which tiles hold single items
}

/** Reads an element's data-config. The server writes it, so a fault in it is a defect of ours and throws. */
export function configOf(root: HTMLElement): Config {
  const given = JSON.parse(root.dataset.config ?? '') as Partial<Config>;
  const { lat, lon, zoom } = given;
  if (typeof lat !== 'number' || typeof lon !== 'number' || typeof zoom !== 'number') throw new Error('data-config names no place');
  return {
    lat, lon, zoom,
    tiles: given.tiles ?? '/tiles/items.json',
    zones: given.zones ?? [],
    lang: given.lang ?? document.documentElement.lang,
    words: given.words ?? {},
    basemap: given.basemap ?? { background: true },
    ...(given.attribution === undefined ? {} : { attribution: given.attribution }),
    statuses: given.statuses ?? [],
    pointsFrom: given.pointsFrom ?? 16,
  };
}
