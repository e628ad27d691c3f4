// Every sentence that a script shows comes from the server, in the page's language, with data-config. These are the keys
// that the islands need; a missing one shows as its key, so that a test sees it and a person still has something to press.

/** The keys of the map island. Those that end in .one and .other are the two plural forms of one sentence with {n}. */
export const mapKeys = [
  'map.label', 'map.help.title', 'map.help.text', 'map.help.close',
  'map.zoom_in', 'map.zoom_out', 'map.move', 'map.north', 'map.south', 'map.west', 'map.east', 'map.fine', 'map.attribution',
  'map.count.one', 'map.count.other', 'map.open.one', 'map.open.other', 'map.empty', 'map.loading',
  'map.failed', 'map.stale', 'map.nothing',
  'map.items', 'map.item', 'map.cluster.one', 'map.cluster.other', 'map.here.one', 'map.here.other', 'map.here.list',
  'map.layers', 'map.layers.hexagons', 'map.layers.zones', 'map.layers.legend', 'map.live',
  'map.changes.one', 'map.changes.other',
  'card.close', 'card.read', 'card.loading', 'card.missing', 'card.resting', 'card.number',
] as const;

/** The keys of the island that places a report. */
export const placeKeys = [
  'map.zoom_in', 'map.zoom_out', 'map.move', 'map.north', 'map.south', 'map.west', 'map.east', 'map.fine', 'map.attribution',
  'map.help.title', 'map.help.close',
  'place.label', 'place.help', 'place.here', 'place.set', 'place.unset',
  'place.suggestions', 'place.found.one', 'place.found.other', 'place.none', 'place.failed', 'place.no_map',
] as const;

export type MapKey = (typeof mapKeys)[number];
export type PlaceKey = (typeof placeKeys)[number];
type Key = MapKey | PlaceKey;
type Plural = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

/** Speaks one page's language. */
export interface Words {
  lang: string;
  /** The sentence of a key, with {name} filled in. */
  say(key: Key, values?: Record<string, string | number>): string;
  /** The plural form for n, with {n} filled in as the language writes numbers. */
  count(stem: Plural, n: number): string;
  number(n: number): string;
  /** A date as people of this language read it, without the time of day. */
  date(iso: string): string;
}

/** Makes the speaker of a catalogue that came with data-config. */
export function speak(lang: string, catalogue: Record<string, string>): Words {
  const plural = new Intl.PluralRules(lang);
  const numbers = new Intl.NumberFormat(lang);
  const dates = new Intl.DateTimeFormat(lang, { dateStyle: 'long' });
  const say = (key: string, values: Record<string, string | number> = {}) =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value;
    });
  return {
    lang,
    say,
    count: (stem, n) => say(`${stem}.${plural.select(n) === 'one' ? 'one' : 'other'}`, { n }),
    number: (n) => numbers.format(n),
    date: (iso) => {
      const time = new Date(iso);
      return Number.isNaN(time.getTime()) ? iso : dates.format(time);
    },
  };
}
