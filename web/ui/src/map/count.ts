// The sentence above the list: how many there are in view, and what is new of them.
import type { Words } from '../words';

export interface Count {
  total: number; // in view
  open: number; // of them
  fresh: number | undefined; // filed this week; undefined: the filter looks at another time
  filtered: boolean; // some may be there that the filter keeps back
}

/** "412 reports here · 38 new this week"; where nothing is new, how many are open, if that says anything. */
export function sentence({ total, open, fresh, filtered }: Count, words: Words): string {
  if (total === 0) return words.say(filtered ? 'map.empty.filtered' : 'map.empty.bare');
  const here = words.count('map.count', total);
  if (fresh !== undefined && fresh > 0) return `${here} · ${words.count('map.week', fresh)}`;
  return open > 0 && open < total ? `${here} · ${words.count('map.open', open)}` : here;
}

/** The Monday of a day's week, as the statistics name weeks. */
export function monday(day: Date): string {
  const first = new Date(day.getFullYear(), day.getMonth(), day.getDate() - ((day.getDay() + 6) % 7));
  return [first.getFullYear(), first.getMonth() + 1, first.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
