// The ground beneath our layers, when there is more than our own calm background: a style from outside or one of our server's. The map
// never waits for it: it stands on the background first, and the ground is laid under it when it comes. When it does not come, or
// brings no tiles, nothing is missing but the streets.
import type { Basemap, Styles } from './config';
import type { LayerSpecification, Map, MapSourceDataEvent, StyleSpecification } from './maplibre';
import { layers, sources, style, type Sheet } from './style';

const patience = 10_000; // ms

async function fetchJSON(address: string): Promise<unknown> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(patience) });
    return answer.ok ? ((await answer.json()) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

/** Fetches a basemap's style; undefined when it cannot be had or is no style. */
export async function fetchBasemap(address: string): Promise<StyleSpecification | undefined> {
  const given = (await fetchJSON(address)) as Partial<StyleSpecification> | null | undefined;
  return given?.version === 8 && Array.isArray(given.layers) && typeof given.sources === 'object' ? (given as StyleSpecification) : undefined;
}

/** Fetches one of our server's styles. Its addresses are for other programs, and name the server as its proxy calls it; here they are
 * those of the page, which may load nothing else. */
export async function fetchGround(address: string, origin: string): Promise<StyleSpecification | undefined> {
  const base = await fetchBasemap(new URL(address, origin).href);
  const here = (url: string) => url.replace(/^https?:\/\/[^/]+/, origin);
  for (const [name, source] of Object.entries(base?.sources ?? {})) {
    if (base === undefined || source.type !== 'vector' || source.url === undefined) continue;
    const given = (await fetchJSON(here(source.url))) as { tiles?: string[]; maxzoom?: number } | undefined;
    if (given?.tiles === undefined) return undefined;
    base.sources[name] = { type: 'vector', tiles: given.tiles.map(here), ...(given.maxzoom === undefined ? {} : { maxzoom: given.maxzoom }) };
  }
  return base;
}

/** The layer of our server's styles that names quarters. Where a city has zones, these are named instead: they are its quarters. */
const quarters = 'place-quarter';

/** The basemap with our sources and layers on top. A basemap with glyphs of its own lends us its font. */
export function onBasemap(base: StyleSpecification, sheet: Sheet): StyleSpecification {
  const font = base.glyphs === undefined ? undefined : fontOf(base.layers);
  const ours = font === undefined ? sheet : { ...sheet, font };
  const beneath = sheet.zones.length === 0 ? base.layers : base.layers.filter((one) => one.id !== quarters);
  return { ...base, sources: { ...base.sources, ...sources(ours) }, layers: [...beneath, ...layers(ours)] };
}

function fontOf(all: LayerSpecification[]): string[] | undefined {
  for (const one of all) {
    const font: unknown = one.type === 'symbol' ? one.layout?.['text-font'] : undefined;
    if (Array.isArray(font) && font.every((name) => typeof name === 'string') && font[0] !== 'literal') return font;
  }
  return undefined;
}

/** Which of our own styles the reader wants. */
export function wished(styles: Styles, media: (query: string) => { matches: boolean }): string {
  const dark = media('(prefers-color-scheme: dark)').matches;
  if (media('(prefers-contrast: more)').matches) return dark ? styles.contrastDark : styles.contrast;
  return dark ? styles.dark : styles.light;
}

interface Options {
  map: Map;
  basemap: Basemap;
  standing: Promise<void>; // our own style stands
  draw: (make: (sheet: Sheet) => StyleSpecification, bare: boolean) => void; // bare: on nothing but our own background
}

/** Keeps the right ground under our layers. */
export class Underlay {
  private turn = 0; // counts the grounds that were wanted: an older one that comes late is not laid

  constructor(private readonly options: Options) {}

  /** Lays the ground that the reader wants now. */
  async lay(): Promise<void> {
    const { basemap, standing, draw } = this.options;
    if ('background' in basemap) return;
    const turn = ++this.turn;
    const outside = 'style' in basemap;
    const base = await (outside ? fetchBasemap(new URL(basemap.style, location.href).href) : fetchGround(wished(basemap.styles, (query) => matchMedia(query)), location.origin));
    await standing;
    if (base === undefined || turn !== this.turn) return;
    draw((sheet) => onBasemap(base, sheet), false);
    if (outside && !(await this.brings(Object.keys(base.sources))) && turn === this.turn) draw(style, true);
  }

  /** Whether one of these sources brings a tile, or has nothing to bring: an outside style may come where its tiles do not. */
  private brings(theirs: string[]): Promise<boolean> {
    const { map } = this.options;
    if (theirs.length === 0) return Promise.resolve(true);
    return new Promise((tell) => {
      const end = (brought: boolean) => {
        clearTimeout(timer);
        map.off('sourcedata', see);
        tell(brought);
      };
      const see = (event: MapSourceDataEvent) => {
        if (theirs.includes(event.sourceId) && event.tile !== undefined) end(true);
      };
      const timer = setTimeout(() => end(false), patience);
      map.on('sourcedata', see);
    });
  }
}
