// What the server tells an island in data-config.
import { to } from '../base';

export interface Status {
  name: string;
  label: string;
  open: boolean;
}

/** Addresses of our server's own styles, by the reader's wishes. */
export type Styles = Record<'light' | 'dark' | 'contrast' | 'contrastDark', string>;

/** Where the ground comes from: nothing but our own calm background, a MapLibre style from outside, or our server's own styles. */
export type Basemap = { background: true } | { style: string } | { styles: Styles };

/** A set of zones whose borders the map can draw. */
export interface ZoneSet {
  set: string;
  label: string;
}

/** What both islands need. */
export interface Config {
  lat: number; // where to begin when the address names no place, in degrees
  lon: number;
  zoom: number;
  tiles: string; // address of the items' TileJSON
  zones: ZoneSet[];
  lang: string;
  words: Record<string, string>;
  basemap: Basemap;
  icons: string; // address of the sprite of categories' icons
  attribution?: string; // who made the data, in plain text
  statuses: Status[];
  pointsFrom: number; // zoom from which tiles hold single items
}

type Given = Partial<Omit<Config, 'words'>> & { words?: string };

/** Reads an element's data-config and fetches the words that it names. The server writes it, so a fault in it is a defect of ours and throws. */
export async function configOf(root: HTMLElement): Promise<Config> {
  const given = JSON.parse(root.dataset.config ?? '') as Given;
  const { lat, lon, zoom } = given;
  if (typeof lat !== 'number' || typeof lon !== 'number' || typeof zoom !== 'number') throw new Error('data-config names no place');
  return {
    lat, lon, zoom,
    tiles: given.tiles ?? to('/tiles/items.json'),
    zones: given.zones ?? [],
    lang: given.lang ?? document.documentElement.lang,
    words: given.words === undefined ? {} : await fetchWords(given.words),
    basemap: given.basemap ?? { background: true },
    icons: given.icons ?? '',
    ...(given.attribution === undefined ? {} : { attribution: given.attribution }),
    statuses: given.statuses ?? [],
    pointsFrom: given.pointsFrom ?? 16,
  };
}

// The address changes with the words, so the browser keeps them.
async function fetchWords(address: string): Promise<Record<string, string>> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`words: ${answer.status}`);
  return (await answer.json()) as Record<string, string>;
}

/** The zone set whose borders are drawn: the first, unless the address says otherwise. */
export function outlined({ zones }: Config, outline: string | undefined): string | undefined {
  if (outline === 'none') return undefined;
  return (zones.find(({ set }) => set === outline) ?? zones[0])?.set;
}
