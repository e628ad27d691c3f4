// Asks our own server for places by address. It answers with a GeoJSON FeatureCollection of points with a label.
import { to } from '../base';

export interface Found {
  label: string;
  lat: number;
  lon: number;
  zone?: string; // set/code, if it is a zone
}

/** Reads an answer; what is no labelled point in it is passed over. */
export function readAnswer(answer: unknown): Found[] {
  const features = (answer as { features?: unknown } | null)?.features;
  if (!Array.isArray(features)) return [];
  return features.flatMap((feature: { geometry?: { coordinates?: unknown }; properties?: { label?: unknown; zone?: unknown } } | null) => {
    const at = feature?.geometry?.coordinates;
    const label = feature?.properties?.label;
    if (!Array.isArray(at) || typeof label !== 'string') return [];
    const [lon, lat] = at as unknown[];
    const zone = feature?.properties?.zone;
    return typeof lat === 'number' && typeof lon === 'number' ? [{ label, lat, lon, ...(typeof zone === 'string' ? { zone } : {}) }] : [];
  });
}

/** Places that match what was typed. Throws when the server cannot say. */
export function geocode(query: string, signal: AbortSignal): Promise<Found[]> {
  return ask(`q=${encodeURIComponent(query)}`, signal);
}

/** The address nearest to a place; undefined when there is none close by. Throws when the server cannot say. */
export async function nearest({ lat, lon }: { lat: number; lon: number }, signal: AbortSignal): Promise<string | undefined> {
  return (await ask(`lat=${lat}&lon=${lon}`, signal))[0]?.label;
}

async function ask(query: string, signal: AbortSignal): Promise<Found[]> {
  const answer = await fetch(to(`/api/v1/geocode?${query}`), { signal, headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`geocode: ${answer.status}`);
  return readAnswer(await answer.json());
}
