// Every sentence that a script shows comes from the server, in the page's language, with data-config. These are the keys
// that the islands need; a missing one shows as its key, so that a test sees it and a person still has something to press.

/** The keys of the map island. Those that end in .one and .other are the two plural forms of one sentence with {n}. */
export const mapKeys = [
  'map.label', 'map.help.title', 'map.help.close', 'map.help.sentence', 'map.help.arrows', 'map.help.arrows.does', 'map.help.shift', 'map.help.shift.does', 'map.help.zoom', 'map.help.zoom.does',
  'map.help.question', 'map.help.question.does', 'map.help.enter', 'map.help.enter.opens', 'map.help.escape', 'map.help.escape.does', 'map.help.tab', 'map.help.tab.does',
  'map.zoom_in', 'map.zoom_out', 'map.move', 'map.north', 'map.south', 'map.west', 'map.east', 'map.fine', 'map.attribution',
  'map.count.one', 'map.count.other', 'map.open.one', 'map.open.other', 'map.week.one', 'map.week.other',
  'map.failed', 'map.stale', 'map.nothing', 'map.resting', 'map.more',
  'map.empty', 'map.empty.bare', 'map.empty.filtered', 'map.empty.clear', 'map.empty.wider',
  'map.items', 'map.item', 'map.cluster.one', 'map.cluster.other', 'map.here.one', 'map.here.other', 'map.here.list',
  'map.supports.one', 'map.supports.other', 'map.sheet.taller', 'map.sheet.lower', 'map.search.zone', 'map.search.none', 'map.search.failed',
  'map.layers', 'map.layers.rings', 'map.layers.hexagons', 'map.layers.zones', 'map.layers.zones.none', 'map.layers.legend', 'map.live',
  'map.legend', 'map.legend.states', 'map.legend.ring', 'map.group.new', 'map.group.active', 'map.group.resolved', 'map.group.closed_other',
  'map.changes',
  'filter.title', 'filter.all_categories', 'filter.all_zones','filter.remove', 'filter.clear', 'filter.between', 'filter.since',
  'filter.until', 'filter.search', 'filter.search_in', 'filter.chosen.one', 'filter.chosen.other', 'filter.show.one', 'filter.show.other', 'filter.close',
  'time.title', 'time.open', 'time.close', 'time.all', 'time.from', 'time.to', 'time.play', 'time.pause', 'time.step', 'time.week', 'time.month',
  'time.reset',
  'card.read', 'card.loading', 'card.missing', 'card.resting', 'card.number', 'card.back', 'card.previous', 'card.next',
  'card.filed', 'card.updated',
  'place.suggestions', 'place.found.one', 'place.found.other',
] as const;

/** The keys of the island that places a report. */
export const placeKeys = [
  'map.zoom_in', 'map.zoom_out', 'map.move', 'map.north', 'map.south', 'map.west', 'map.east', 'map.fine', 'map.attribution',
  'map.help.title', 'map.help.close', 'map.help.sentence', 'map.help.arrows', 'map.help.arrows.does', 'map.help.shift', 'map.help.shift.does', 'map.help.zoom', 'map.help.zoom.does',
  'map.help.question', 'map.help.question.does', 'map.help.enter', 'map.help.enter.places',
  'place.label', 'place.here', 'place.set', 'place.address', 'place.near', 'place.unset',
  'place.suggestions', 'place.found.one', 'place.found.other', 'place.none', 'place.failed', 'place.no_map',
] as const;

/** The keys of the form that files a report. */
export const filingKeys = [
  'filing.step', 'filing.locating', 'filing.located', 'filing.located.rough', 'filing.locate.refused', 'filing.locate.failed', 'filing.wanted.where',
  'filing.wanted.what', 'filing.wanted.title', 'filing.kinds.none', 'filing.suggested', 'filing.suggest.against', 'filing.suggest.keep',
  'filing.photos.drop', 'filing.photos.item', 'filing.photos.sending', 'filing.photos.waiting', 'filing.photos.sent', 'filing.photos.remove',
  'filing.photos.earlier', 'filing.photos.many', 'filing.photos.failed', 'filing.photos.refused', 'filing.alike', 'filing.alike.this',
  'filing.alike.not', 'filing.alike.failed', 'filing.distance', 'filing.personal.email', 'filing.personal.phone', 'filing.personal.plate', 'filing.sending',
  'filing.problem', 'filing.preview.map', 'filing.waits', 'filing.waits.how', 'filing.waits.another',
] as const;

/** The keys of the outbox. */
export const outboxKeys = [
  'offline.waiting.one', 'offline.waiting.other', 'offline.send', 'offline.sending', 'offline.still', 'offline.filed', 'offline.read',
  'offline.refused', 'offline.correct', 'offline.drop', 'offline.drop.sure', 'offline.elsewhere', 'offline.elsewhere.sure', 'offline.leave.one', 'offline.leave.other', 'offline.install',
] as const;

/** The keys of the island that draws an area to follow, beside those of a place. */
export const drawKeys = [
  'draw.label', 'draw.again', 'draw.how', 'draw.keys', 'draw.corner', 'draw.closed', 'draw.erased', 'draw.no_map',
] as const;

export type MapKey = (typeof mapKeys)[number];
export type PlaceKey = (typeof placeKeys)[number];
export type DrawKey = PlaceKey | (typeof drawKeys)[number];
type OutboxKey = (typeof outboxKeys)[number];
type FilingKey = (typeof filingKeys)[number];
export type Key = MapKey | PlaceKey | DrawKey | OutboxKey | FilingKey;
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
  /** How long ago, in the largest unit that fits: "il y a 3 jours". */
  ago(iso: string, now?: number): string;
  /** The month of a day, such as "mars 2024". */
  month(day: string): string;
}

const units = [['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3_600]] as const; // seconds

const bareDay = /^\d{4}-\d{2}-\d{2}$/;

/** Makes the speaker of a catalogue that came with data-config. */
export function speak(lang: string, catalogue: Record<string, string>): Words {
  const plural = new Intl.PluralRules(lang);
  const numbers = new Intl.NumberFormat(lang);
  const dates = new Intl.DateTimeFormat(lang, { dateStyle: 'long' });
  const days = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }); // a day without a time is the same day everywhere
  const months = new Intl.DateTimeFormat(lang, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const spans = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
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
      if (Number.isNaN(time.getTime())) return iso;
      const text = (bareDay.test(iso) ? days : dates).format(time);
      return lang === 'fr' ? text.replace(/^1 /, '1er ') : text; // the first of a month is an ordinal
    },
    ago: (iso, now = Date.now()) => {
      const seconds = (now - new Date(iso).getTime()) / 1000;
      if (Number.isNaN(seconds)) return iso;
      const [unit, length] = units.find(([, length]) => seconds >= length) ?? (['minute', 60] as const);
      return spans.format(-Math.max(0, Math.floor(seconds / length)), unit);
    },
    month: (day) => months.format(new Date(`${day}T00:00:00Z`)),
  };
}
