// Where tiles come from. The items' TileJSON address names the folder; the filter goes into the tiles' query in its one
// spelling. Addresses are absolute, because MapLibre's workers have no page to be relative to.
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

/** Dresses MapLibre's requests: absolute addresses; live tiles are checked with the server each time (a 304 is cheap) and carry the
 * token of the tab's own last write. The token never leaves our server. `asked` hears the name of each live tile: family/z/x/y. */
export function dress(origin: string, store: Pick<Storage, 'getItem'>, asked: (tile: string) => void): (url: string) => Ask {
  return (url) => {
    const absolute = new URL(url, origin);
    const live = absolute.origin === origin ? /^\/tiles\/((items|cells)\/\d+\/\d+\/\d+)\.mvt$/.exec(absolute.pathname)?.[1] : undefined;
    if (live === undefined) return { url: absolute.href };
    asked(live);
    const token = readToken(store);
    return { url: absolute.href, cache: 'no-cache', ...(token === undefined ? {} : { headers: { [tokenHeader]: token } }) };
  };
}
