// Follows the changes of what is in view: one event stream, for a box somewhat larger than the view and for the view's tiles, closed while
// the page is hidden. The stream names the tiles that changed; only those are asked for again. Each event has an id with which the next
// stream begins where this one ended, so that nothing is missed by moving, hiding or a break; only after a reset everything is read anew.
import { to } from '../base';
import { Fresh } from './fresh';
import { names, spanOf, tileZoom, type Family } from './grid';
import type { Box } from './sight';

/** What we need of an EventSource; tests bring their own. */
export interface Stream {
  readyState: number;
  addEventListener(type: string, listener: (event: { data?: string; lastEventId?: string }) => void): void;
  close(): void;
}

/** What the map shows. */
export interface Seen {
  box: Box;
  zoom: number;
  cells: boolean; // hexagons, beside the items
}

export interface LiveOptions {
  open: (address: string) => Stream;
  busy: () => boolean; // tiles are on their way
  fetch: (tiles: string[]) => void; // ask for these tiles again, by the way of `ask`
  read: () => void; // read anew what stands beside the map
  changed: () => void; // a tile in view is another one now
  timer?: { set: (run: () => void, ms: number) => number; clear: (id: number) => void };
  random?: () => number; // 0…1
}

const settle = 150; // ms that changes may gather before the tiles are asked for
const calm = 1_000; // ms between two such askings: a busy town is not asked for all the time
const spread = 2_000; // ms over which browsers come that are reset at the same moment
const firstRetry = 3_000; // ms, doubled up to a minute
const lastRetry = 60_000;
const closed = 2; // EventSource.CLOSED

export class Live {
  private stream: Stream | undefined;
  private heard: { box: Box; zoom: number; cells: boolean } | undefined; // what the stream is open for
  private seen: Seen | undefined;
  private last: string | undefined; // id of the event that was heard last
  private from: string | undefined; // … before a tile was asked for of which the stream does not tell
  private pending: string | undefined; // … with which a stream was begun that has not said yet that it tells of what came after
  private old = false; // what stands beside the map
  private refreshing: number | undefined;
  private calming: number | undefined;
  private retrying: number | undefined;
  private retry = firstRetry;
  private hidden = false;
  private readonly fresh = new Fresh();
  private readonly timer: NonNullable<LiveOptions['timer']>;
  private readonly random: () => number;

  constructor(private readonly options: LiveOptions) {
    this.timer = options.timer ?? { set: (run, ms) => window.setTimeout(run, ms), clear: (id) => window.clearTimeout(id) };
    this.random = options.random ?? Math.random;
  }

  /** Tells what is in view. Opens another stream only when this one does not tell of all of it. */
  see(seen: Seen): void {
    this.seen = seen;
    const { heard } = this;
    if (this.hidden || (heard && heard.zoom === tileZoom(seen.zoom) && contains(heard.box, seen.box) && (heard.cells || !seen.cells))) return;
    this.connect();
  }

  /** A tile, named family/z/x/y, is asked for. */
  ask(tile: string): void {
    if (!this.fresh.ask(tile)) this.from ??= this.last;
  }

  /** A tile did not come. */
  fail(tile: string): void {
    this.fresh.fail(tile);
  }

  /** What came of a tile may be older than what the stream has told: it is from a node that was behind. */
  late(tile: string): void {
    this.fresh.fail(tile);
  }

  /** The id of the event that was heard last. */
  stands(): string | undefined {
    return this.last;
  }

  /** Nothing is on its way: what came back into view or was told of meanwhile may be old. */
  settled(): void {
    if (this.refreshing !== undefined || this.last === undefined || this.options.busy()) return;
    const stale = this.fresh.stale(this.inView());
    if (stale.length > 0) this.options.fetch(stale);
  }

  /** The page was hidden: nothing to hear. */
  hide(): void {
    this.hidden = true;
    this.disconnect();
  }

  /** The page is seen again. */
  show(): void {
    if (!this.hidden) return;
    this.hidden = false;
    this.connect();
  }

  // The tiles in view, by name.
  private inView(): string[] {
    if (!this.seen) return [];
    const span = spanOf(this.seen.box, tileZoom(this.seen.zoom));
    const families: Family[] = this.seen.cells ? ['items', 'cells'] : ['items'];
    return families.flatMap((family) => names(span, family));
  }

  private connect(): void {
    if (!this.seen) return;
    this.disconnect();
    const { box, zoom, cells } = this.seen;
    const heard = (this.heard = { box: widen(box), zoom: tileZoom(zoom), cells });
    this.pending ??= this.from ?? this.last; // of several that were begun and came to nothing, the oldest
    this.from = undefined;
    this.fresh.cover({ span: spanOf(narrowed(heard.box), heard.zoom), cells });
    const stream = (this.stream = this.options.open(address(heard.box, heard.zoom, cells, this.pending)));
    let first = this.pending === undefined;
    const hear = (type: string, act: (data: string) => void) =>
      stream.addEventListener(type, ({ data, lastEventId }) => {
        if (stream !== this.stream) return;
        if (lastEventId !== undefined && lastEventId !== '') this.last = lastEventId;
        this.retry = firstRetry;
        act(data ?? '');
      });
    hear('here', () => {
      // A first stream tells of what happens from now on; what was asked for before may have changed unheard.
      if (first) this.fresh.forget();
      first = false;
      this.pending = undefined;
      this.fresh.retry();
      this.settled();
    });
    hear('tiles', (data) => {
      const { items = [], cells = [] } = JSON.parse(data) as { items?: string[]; cells?: string[] };
      const told = new Set([...items.map((tile) => `items/${tile}`), ...cells.map((tile) => `cells/${tile}`)]);
      this.fresh.retry();
      this.fresh.tell(told);
      // The stream tells of more than is in view.
      if (this.inView().some((tile) => told.has(tile))) {
        this.options.changed();
        this.old = true;
      }
      this.refreshSoon(settle);
    });
    hear('reset', () => {
      first = false;
      this.pending = undefined;
      this.fresh.forget();
      this.old = true;
      this.refreshSoon(settle + this.random() * spread);
    });
    stream.addEventListener('error', () => {
      // The browser reconnects by itself after a cut line, but gives up after a refusal (too many, restarting).
      if (stream.readyState !== closed || stream !== this.stream || this.retrying !== undefined) return;
      this.retrying = this.timer.set(() => {
        this.retrying = undefined;
        this.connect();
      }, this.retry);
      this.retry = Math.min(this.retry * 2, lastRetry);
    });
  }

  // The first change is shown soon, those after it once a second.
  private refreshSoon(wait: number): void {
    if (this.refreshing !== undefined) return;
    const refresh = () => {
      this.refreshing = undefined;
      this.calming = this.timer.set(() => (this.calming = undefined), calm);
      this.settled();
      if (this.old) this.options.read();
      this.old = false;
    };
    this.refreshing = this.timer.set(refresh, this.calming === undefined ? wait : wait + calm);
  }

  private disconnect(): void {
    this.stream?.close();
    this.stream = undefined;
    this.heard = undefined;
    if (this.retrying !== undefined) this.timer.clear(this.retrying);
    this.retrying = undefined;
  }
}

/** The box grown by half its size on each side, kept in the world. A box over the date line listens to all longitudes. */
export function widen(box: Box): Box {
  const [wide, high] = [(box.east - box.west) / 2, (box.north - box.south) / 2];
  const grown = { west: box.west - wide, south: Math.max(-90, box.south - high), east: box.east + wide, north: Math.min(90, box.north + high) };
  return grown.west < -180 || grown.east > 180 ? { ...grown, west: -180, east: 180 } : grown;
}

const digits = 4; // of degrees in an address

/** The stream's address for the tiles of a zoom in a box, after the event with the id `last`. */
export function address(box: Box, zoom: number, cells: boolean, last: string | undefined): string {
  const edges = [box.west, box.south, box.east, box.north].map((degrees) => Number(degrees.toFixed(digits)));
  return to(`/api/v1/events?bbox=${edges.join()}&zoom=${zoom}${cells ? '&layers=items,cells' : ''}${last === undefined ? '' : `&last=${encodeURIComponent(last)}`}`);
}

// What the server has of a box for certain, however its edges are rounded.
function narrowed({ west, south, east, north }: Box): Box {
  const edge = 10 ** -digits;
  return { west: west + edge, south: south + edge, east: east - edge, north: north - edge };
}

function contains(outer: Box, inner: Box): boolean {
  const sideways = (outer.west <= -180 && outer.east >= 180) || (outer.west <= inner.west && outer.east >= inner.east);
  return sideways && outer.south <= Math.max(inner.south, -90) && outer.north >= Math.min(inner.north, 90);
}
