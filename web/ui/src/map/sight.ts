// What is in sight: the drawn features as plain things, each once, with the totals. The list beside the map, the spoken
// summary and the keyboard's crosshair all use this one answer.

/** A drawn feature, as far as we use it. */
export interface Drawn {
  id?: string | number | undefined;
  properties: Record<string, unknown>;
  geometry: { type: string; coordinates?: unknown };
  sourceLayer?: string | undefined;
}

/** One report (or other item) on the map. */
export interface Item {
  id: number;
  kind: string;
  category: string;
  status: string;
  created: number; // day, since 1970-01-01; 0 where the tile does not say
  lat: number;
  lon: number;
}

/** Several in one cell. */
export interface Cluster {
  cell: string;
  count: number;
  open: number;
  lat: number;
  lon: number;
}

export interface Sight {
  items: Item[]; // newest first, as the list of reports has them
  clusters: Cluster[]; // largest first
  total: number;
  open: number;
}

export interface Box {
  west: number; // may be below -180 or above 180 when the view crosses the date line
  south: number;
  east: number;
  north: number;
}

/** Whether a position lies in the box; the world repeats every 360 degrees. */
export function within(box: Box, lat: number, lon: number): boolean {
  if (lat < box.south || lat > box.north) return false;
  const turn = (((lon - box.west) % 360) + 360) % 360;
  return turn <= box.east - box.west;
}

/** Sorts drawn features out. `isOpen` says of a state's name whether it is open. */
export function look(drawn: Drawn[], box: Box, isOpen: (status: string) => boolean): Sight {
  const items = new Map<number, Item>();
  const clusters = new Map<string, Cluster>();
  for (const feature of drawn) {
    const at = position(feature);
    if (!at || !within(box, at.lat, at.lon)) continue;
    const of = feature.properties;
    if (feature.sourceLayer === 'clusters' && number(of.count) > 1) {
      const cell = text(of.h3);
      clusters.set(cell, { cell, count: number(of.count), open: number(of.open), ...at });
    } else {
      const id = feature.sourceLayer === 'clusters' ? number(of.id) : number(feature.id);
      items.set(id, { id, kind: text(of.kind), category: text(of.category), status: text(of.status), created: number(of.created), ...at });
    }
  }
  const some = [...items.values()].sort((a, b) => b.created - a.created || b.id - a.id);
  const many = [...clusters.values()].sort((a, b) => b.count - a.count || (a.cell < b.cell ? -1 : 1));
  return {
    items: some,
    clusters: many,
    total: some.length + many.reduce((sum, cluster) => sum + cluster.count, 0),
    open: some.filter((item) => isOpen(item.status)).length + many.reduce((sum, cluster) => sum + cluster.open, 0),
  };
}

function position(feature: Drawn): { lat: number; lon: number } | undefined {
  const at = feature.geometry.type === 'Point' ? feature.geometry.coordinates : undefined;
  if (!Array.isArray(at)) return undefined;
  const [lon, lat] = at as unknown[];
  return typeof lon === 'number' && typeof lat === 'number' ? { lat, lon } : undefined;
}

const number = (value: unknown) => (typeof value === 'number' ? value : 0);
const text = (value: unknown) => (typeof value === 'string' ? value : '');
