// The sums of the time slider: weeks as the statistics give them, put into bars of a week or a month, and the days that lie
// between two marks. A mark is the beginning of a bar, and one more behind the last; a period is [from, to), as in the address.

/** A bar: the first day it stands for, and how many were filed in it. */
export interface Bar {
  day: string; // YYYY-MM-DD
  count: number;
}

/** What the bars stand for. */
export type Unit = 'week' | 'month';

/** The statistics' own form: the Monday of a week and its count. */
export interface Week {
  key: string;
  count: number;
}

const most = 160; // bars of a week; a longer time is shown in months

const ms = (day: string) => Date.parse(`${day}T00:00:00Z`);
const day = (time: number) => new Date(time).toISOString().slice(0, 10);
const oneDay = 86_400_000;

/** The day that begins the bar of a day. */
export function begin(unit: Unit, at: string): string {
  if (unit === 'month') return `${at.slice(0, 7)}-01`;
  const weekday = (new Date(ms(at)).getUTCDay() + 6) % 7; // Monday is 0
  return day(ms(at) - weekday * oneDay);
}

/** The day that begins the bar `by` bars after a bar. */
export function shift(unit: Unit, at: string, by: number): string {
  if (unit === 'week') return day(ms(at) + 7 * by * oneDay);
  const [year = 0, month = 0] = at.split('-').map(Number);
  return day(Date.UTC(year, month - 1 + by, 1));
}

/** The bars from the first week to the last or to today, none left out. A week's count goes to the month of its Monday. */
export function bars(weeks: readonly Week[], today: string): { unit: Unit; bars: Bar[] } {
  const known = weeks.filter((week) => week.count > 0 && !Number.isNaN(ms(week.key))).sort((a, b) => (a.key < b.key ? -1 : 1));
  const first = known[0]?.key;
  if (first === undefined) return { unit: 'week', bars: [] };
  const last = [known[known.length - 1]?.key ?? first, today].sort()[1] ?? first;
  const unit: Unit = (ms(last) - ms(first)) / (7 * oneDay) > most ? 'month' : 'week';
  const counts = new Map<string, number>();
  for (const { key, count } of known) counts.set(begin(unit, key), (counts.get(begin(unit, key)) ?? 0) + count);
  const list: Bar[] = [];
  for (let at = begin(unit, first); at <= last; at = shift(unit, at, 1)) list.push({ day: at, count: counts.get(at) ?? 0 });
  return { unit, bars: list };
}

/** The days that marks can stand at: the beginning of each bar, and the end of the last. */
export function marks(unit: Unit, list: readonly Bar[]): string[] {
  const last = list[list.length - 1];
  return last === undefined ? [] : [...list.map((bar) => bar.day), shift(unit, last.day, 1)];
}

/** Where the period of an address lies among the marks, widened to whole bars; open ends are the outer marks. */
export function place(all: readonly string[], from: string | undefined, to: string | undefined): [number, number] {
  const end = all.length - 1;
  const low = from === undefined ? 0 : all.findLastIndex((mark) => mark <= from);
  const high = to === undefined ? end : all.findIndex((mark) => mark >= to);
  const start = Math.max(0, Math.min(low, end - 1));
  return [start, Math.max(start + 1, high < 0 ? end : high)];
}

/** The period between two marks; the outer marks are no bounds, so that what comes next is still seen. */
export function period(all: readonly string[], low: number, high: number): { from: string | undefined; to: string | undefined } {
  return { from: low <= 0 ? undefined : all[low], to: high >= all.length - 1 ? undefined : all[high] };
}

/** The last day inside a period that ends before `to`, as people name it. */
export function lastDay(to: string): string {
  return Number.isNaN(ms(to)) ? to : day(ms(to) - oneDay);
}

/** The window after `from` while time is played; undefined when it would begin behind the last bar. */
export function nextWindow(unit: Unit, from: string, end: string): { from: string; to: string } | undefined {
  return from >= end ? undefined : { from, to: shift(unit, from, 1) };
}
