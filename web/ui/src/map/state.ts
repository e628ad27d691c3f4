// The map's state is the page's address: /?z=&lat=&lon=&kind=&status=&category=&service=&zone=&from=&to=&layer=&outline=&report=. This file reads and writes it.
// One state has one spelling (names in a fixed order, values sorted and single), so that equal views have equal addresses and
// equal filters share the server's cached tiles.

/** What part of the world is shown. Latitude and longitude in degrees, zoom of 512 px tiles. */
export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

/** The filters' parameters; the form has no choice of `kind` and `service`, to which only links lead. Lists mean "any of these"; status also takes `open` and `closed`. Days as YYYY-MM-DD. */
export const listFields = ['kind', 'status', 'category', 'service', 'zone'] as const;
export const dayFields = ['from', 'to'] as const;
export const fields = [...listFields, ...dayFields] as const;
export type Field = (typeof fields)[number];

/** The values given for each field; a field without values is absent. */
export type Filter = Partial<Record<Field, readonly string[]>>;

export interface State {
  view: View | undefined; // undefined: the address names no place
  filter: Filter;
  hexagons?: boolean | undefined; // instead of rings
  outline?: string | undefined; // the zone set whose borders are drawn, or `none`; absent: the first
  report?: number | undefined; // whose card is open
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const edge = 85.0511;

/** Zooms that tiles exist for; the map may magnify beyond the last. */
export const zooms = { min: 0, max: 18 } as const;
export const closest = 20;

/** A filter in its one spelling. Impossible days are dropped. */
export function tidy(raw: Partial<Record<Field, readonly string[]>>): Filter {
  const filter: Filter = {};
  for (const field of fields) {
    const given = (raw[field] ?? []).flatMap((value) => value.split(',')).map((value) => value.trim());
    const values = [...new Set(given)].filter((value) => value !== '').sort();
    if ((dayFields as readonly string[]).includes(field)) {
      const first = values.find((value) => day.test(value));
      if (first !== undefined) filter[field] = [first];
    } else if (values.length > 0) {
      filter[field] = values;
    }
  }
  return filter;
}

/** Reads an address's query. What it does not know it leaves alone; what makes no sense it ignores. */
export function parse(query: string): State {
  const params = new URLSearchParams(query);
  const number = (name: string, low: number, high: number) => {
    const text = params.get(name) ?? '';
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    return value >= low && value <= high ? value : undefined;
  };
  const [zoom, lat, lon] = [number('z', 0, closest), number('lat', -edge, edge), number('lon', -180, 180)];
  const raw: Partial<Record<Field, string[]>> = {};
  for (const field of fields) raw[field] = params.getAll(field);
  const outline = params.get('outline') ?? '';
  const report = params.get('report') ?? '';
  return {
    view: zoom === undefined || lat === undefined || lon === undefined ? undefined : { zoom, lat, lon },
    filter: tidy(raw),
    ...(params.get('layer') === 'hexagons' ? { hexagons: true } : {}),
    ...(outline === '' ? {} : { outline }),
    ...(/^[1-9]\d{0,14}$/.test(report) ? { report: Number(report) } : {}),
  };
}

/** The query of a filter alone, without a question mark; empty for no filter. Commas stay commas. */
export function filterQuery(filter: Filter): string {
  return fields
    .filter((field) => (filter[field]?.length ?? 0) > 0)
    .map((field) => `${field}=${(filter[field] ?? []).map(encoded).join(',')}`)
    .join('&');
}

// A slash and a colon may stand in a query as they are (RFC 3986, 3.4); zones have them.
function encoded(value: string): string {
  return encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%3A', ':');
}

/** Whether two filters let the same through. */
export function same(one: Filter, other: Filter): boolean {
  return filterQuery(one) === filterQuery(other);
}

/** A filter without one of its values; without a value, without the whole field. */
export function without(filter: Filter, field: Field, value?: string): Filter {
  const left = value === undefined ? [] : (filter[field] ?? []).filter((one) => one !== value);
  return tidy({ ...filter, [field]: left });
}

/** A filter with the days that it lets through, [from, to); undefined is open. */
export function between(filter: Filter, from: string | undefined, to: string | undefined): Filter {
  return tidy({ ...filter, from: from === undefined ? [] : [from], to: to === undefined ? [] : [to] });
}

/** The query of a state, with its question mark; empty when there is nothing to say. */
export function format(state: State): string {
  const view = state.view && rounded(state.view);
  const parts = view ? [`z=${view.zoom}&lat=${view.lat}&lon=${view.lon}`] : [];
  const filter = filterQuery(state.filter);
  if (filter !== '') parts.push(filter);
  if (state.hexagons) parts.push('layer=hexagons');
  if (state.outline !== undefined) parts.push(`outline=${encoded(state.outline)}`);
  if (state.report !== undefined) parts.push(`report=${state.report}`);
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

/** A view in as many digits as a screen can show: an address is to be read and shared. */
export function rounded(view: View): View {
  const cut = (value: number, places: number) => Number(value.toFixed(places));
  const zoom = cut(view.zoom, 2);
  const digits = Math.max(2, Math.min(6, Math.ceil(zoom / 3)));
  const lon = ((((view.lon + 180) % 360) + 360) % 360) - 180;
  return { zoom, lat: cut(view.lat, digits), lon: cut(lon, digits) };
}
