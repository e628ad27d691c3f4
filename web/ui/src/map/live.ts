// Listens to the changes of what is in view: one event stream, for a box somewhat larger than the view, closed while the page is
// hidden. A burst of changes is one refresh. After a break everything is read anew, because what was missed is unknown.
import type { Box } from './sight';

/** What we need of an EventSource; tests bring their own. */
export interface Stream {
  readyState: number;
  addEventListener(type: string, listener: () => void): void;
  close(): void;
}

export interface LiveOptions {
  open: (address: string) => Stream;
  refresh: () => void; // read the tiles anew
  changed: () => void; // one change was told
  timer?: { set: (run: () => void, ms: number) => number; clear: (id: number) => void };
}

const settle = 150; // ms that changes may gather before a refresh
const firstRetry = 3_000; // ms, doubled up to a minute
const lastRetry = 60_000;
const closed = 2; // EventSource.CLOSED

export class Live {
  private stream: Stream | undefined;
  private heard: Box | undefined; // the box that the stream is open for
  private view: Box | undefined;
  private broken = false;
  private refreshing: number | undefined;
  private retrying: number | undefined;
  private retry = firstRetry;
  private hidden = false;
  private readonly timer: NonNullable<LiveOptions['timer']>;

  constructor(private readonly options: LiveOptions) {
    this.timer = options.timer ?? { set: (run, ms) => window.setTimeout(run, ms), clear: (id) => window.clearTimeout(id) };
  }

  /** Tells what is in view. Reopens the stream only when the view has left the box it listens to. */
  see(view: Box): void {
    this.view = view;
    if (this.hidden || (this.heard && contains(this.heard, view) && !muchLarger(this.heard, view))) return;
    this.connect();
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
    this.broken = true;
    this.connect();
  }

  private connect(): void {
    if (!this.view) return;
    this.disconnect();
    const box = widen(this.view);
    const stream = this.options.open(address(box));
    this.stream = stream;
    this.heard = box;
    stream.addEventListener('open', () => {
      this.retry = firstRetry;
      if (this.broken) this.options.refresh();
      this.broken = false;
    });
    stream.addEventListener('change', () => {
      this.options.changed();
      this.refreshing ??= this.timer.set(() => {
        this.refreshing = undefined;
        this.options.refresh();
      }, settle);
    });
    stream.addEventListener('error', () => {
      this.broken = true;
      // The browser reconnects by itself after a cut line, but gives up after a refusal (too many, restarting).
      if (stream.readyState !== closed || stream !== this.stream || this.retrying !== undefined) return;
      this.retrying = this.timer.set(() => {
        this.retrying = undefined;
        this.connect();
      }, this.retry);
      this.retry = Math.min(this.retry * 2, lastRetry);
    });
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

/** The stream's address for a box. */
export function address(box: Box): string {
  const cut = (degrees: number) => Number(degrees.toFixed(4));
  return `/api/v1/events?bbox=${[box.west, box.south, box.east, box.north].map(cut).join(',')}`;
}

function contains(outer: Box, inner: Box): boolean {
  const sideways = (outer.west <= -180 && outer.east >= 180) || (outer.west <= inner.west && outer.east >= inner.east);
  return sideways && outer.south <= Math.max(inner.south, -90) && outer.north >= Math.min(inner.north, 90);
}

// After zooming in far, a small box spares the server and the battery what is not seen.
function muchLarger(heard: Box, view: Box): boolean {
  return heard.north - heard.south > 8 * (view.north - view.south);
}
