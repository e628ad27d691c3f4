// Reports as our API tells them, and the calls that the map page makes for them. What an answer lacks is left out, never guessed.
import { to } from '../base';
import type { Week } from './histogram';
import type { Box } from './sight';
import { filterQuery, type Filter } from './state';

export interface Report {
  id: number;
  title: string;
  category: string;
  status: string;
  description: string;
  address: string;
  created: string; // RFC 3339
  updated: string;
  supports: number;
  cell: string; // H3
  lat: number;
  lon: number;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const number = (value: unknown) => (typeof value === 'number' ? value : 0);

/** Reads one report of an answer; undefined when it has no number or no place. */
export function readReport(given: unknown): Report | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const of = given as Record<string, unknown>;
  const at = (of.location as { coordinates?: unknown } | null | undefined)?.coordinates;
  if (typeof of.id !== 'number' || !Array.isArray(at)) return undefined;
  const [lon, lat] = at as unknown[];
  if (typeof lon !== 'number' || typeof lat !== 'number') return undefined;
  return {
    id: of.id, title: text(of.title), category: text(of.category), status: text(of.status), description: text(of.description), address: text(of.address),
    created: text(of.created_at), updated: text(of.updated_at), supports: number(of.support_count), cell: text(of.h3), lat, lon,
  };
}

/** Thrown when the server answers, but not with what was asked for. */
export class Refusal extends Error {
  constructor(readonly status: number) {
    super(`the server answers ${status}`);
  }
}

async function ask(address: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(address, { signal, headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Refusal(answer.status);
  return answer.json();
}

/** The box of a view as the API takes it: within the world. A view over the date line gives its larger half; one of the whole world none. */
export function boxQuery(box: Box): string {
  if (box.east - box.west >= 360) return '';
  const turn = 360 * Math.floor((box.west + 180) / 360);
  let [west, east] = [box.west - turn, box.east - turn];
  if (east > 180) [west, east] = 180 - west >= east - 180 ? [west, 180] : [-180, east - 360];
  return `bbox=${[west, Math.max(-90, box.south), east, Math.min(90, box.north)].map((degrees) => Number(degrees.toFixed(6))).join(',')}`;
}

/** The query of what a filter lets through in a view. */
export function viewQuery(box: Box, filter: Filter): string {
  return [boxQuery(box), filterQuery(filter)].filter((part) => part !== '').join('&');
}

/** The newest reports of a view. */
export async function fetchReports(query: string, limit: number, signal: AbortSignal): Promise<Report[]> {
  const { items } = (await ask(to(`/api/v1/reports?${query}${query === '' ? '' : '&'}limit=${limit}`), signal)) as { items?: unknown };
  return Array.isArray(items) ? items.map(readReport).filter((report) => report !== undefined) : [];
}

/** One report. */
export async function fetchReport(id: number, signal: AbortSignal): Promise<Report> {
  const report = readReport(await ask(to(`/api/v1/reports/${id}`), signal));
  if (!report) throw new Refusal(404);
  return report;
}

/** How many were filed in each week. */
export async function fetchWeeks(query: string, signal: AbortSignal): Promise<Week[]> {
  const { by_week } = (await ask(to(`/api/v1/stats?${query}`), signal)) as { by_week?: Week[] };
  return by_week ?? [];
}

export interface Category {
  icon: string;
  colour: string;
}

/** The categories' icons and colours. */
export async function fetchCategories(signal: AbortSignal): Promise<Map<string, Category>> {
  const { items } = (await ask(to('/api/v1/categories'), signal)) as { items?: { slug: string; icon: string; colour: string }[] };
  return new Map((items ?? []).map(({ slug, icon, colour }) => [slug, { icon, colour }]));
}
