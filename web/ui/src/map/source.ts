// Where tiles come from. The items' TileJSON address names the folder; the filter goes into the tiles' query in its one
// spelling. Addresses are absolute, because MapLibre's workers have no page to be relative to.
import { to } from '../base';
import { readToken, tokenHeader } from '../page/token';
import { filterQuery, type Filter } from './state';

/** Addresses of one server's tiles. */
export interface Tiles {
  items(filter: Filter): string;
  cells(filter: Filter): string;
  zones(set: string): string;
}

/** `origin` of the page; `tileJSON` is the address of the items' TileJSON, such as /tiles/items.json. */
export function tiles(origin: string, tileJSON: string): Tiles {
  const folder = new URL(tileJSON, origin).href.replace(/\/items\.json.*$/, '');
  const grid = (path: string, filter: Filter) => {
    const query = filterQuery(filter);
    return `${folder}/${path}/{z}/{x}/{y}.mvt${query === '' ? '' : `?${query}`}`;
  };
  return {
    items: (filter) => grid('items', filter),
    cells: (filter) => grid('cells', filter),
    zones: (set) => grid(`zones/${encodeURIComponent(set)}`, {}),
  };
}

/** How MapLibre asks for a resource. */
export interface Ask {
  url: string;
  headers?: Record<string, string>;
  cache?: RequestCache;
}

/** What MapLibre is given of a live tile. Not its ETag: of a tile that is as it was MapLibre would tell nobody that it has come, and who waits until
 * all is drawn would wait for ever. */
export interface Come {
  data: ArrayBuffer;
}

/** Who follows the live tiles. */
export interface Follower {
  ask: (tile: string) => void; // it is asked for, by its name: family/z/x/y
  stands: () => string | undefined; // the id of the event that the stream told last
  late: (tile: string) => void; // what came may be older than that
}

/** The header that says where the stream stands, perhaps on another node than the one that is asked: its answer is to be as new. */
const sinceHeader = 'Quartier-Since';
/** The header of an answer that is not. */
const behindHeader = 'Quartier-Behind';

/** The scheme of live tiles: MapLibre gives the headers of what it fetches to nobody, so that we fetch them for it. */
export const scheme = 'live';

const tileOf = (path: string) => {
  const folder = to('/tiles/');
  return path.startsWith(folder) ? /^((items|cells)\/\d+\/\d+\/\d+)\.mvt$/.exec(path.slice(folder.length))?.[1] : undefined;
};

/** Dresses MapLibre's requests: absolute addresses; live tiles are checked with the server each time (a 304 is cheap) and carry the
 * token of the tab's own last write and where the stream stands. Neither ever leaves our server. */
export function dress(origin: string, store: Pick<Storage, 'getItem'>, follower: Follower): (url: string) => Ask {
  return (url) => {
    const absolute = new URL(url, origin);
    const tile = absolute.origin === origin ? tileOf(absolute.pathname) : undefined;
    if (tile === undefined) return { url: absolute.href };
    follower.ask(tile);
    const [token, stands] = [readToken(store), follower.stands()];
    const headers = { ...(token === undefined ? {} : { [tokenHeader]: token }), ...(stands === undefined ? {} : { [sinceHeader]: stands }) };
    return { url: `${scheme}://${absolute.href}`, cache: 'no-cache', headers };
  };
}

/** Fetches a live tile as it was dressed. */
export async function fetchLive({ url, headers = {}, cache = 'no-cache' }: Ask, signal: AbortSignal, follower: Pick<Follower, 'late'>): Promise<Come> {
  const address = url.slice(`${scheme}://`.length);
  const answer = await fetch(address, { signal, headers, cache });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  const data = await answer.arrayBuffer();
  const tile = tileOf(new URL(address).pathname);
  if (tile !== undefined && answer.headers.has(behindHeader)) follower.late(tile);
  return { data };
}
