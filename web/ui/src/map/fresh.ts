// What is known of the tiles that were asked for: a tile is fresh while the event stream tells of its changes and has told of none since it was
// asked for. One that is not is asked for again when it is in view; unchanged it costs a 304.
import { numbers, type Span } from './grid';

/** What a stream tells of. */
export interface Reach {
  span: Span;
  cells: boolean; // also the hexagons
}

export class Fresh {
  private readonly known = new Set<string>();
  private readonly failed = new Set<string>();
  private reach: Reach | undefined;

  /** Notes that a tile is asked for now. Returns whether the stream tells of it. */
  ask(tile: string): boolean {
    this.known.add(tile);
    this.failed.delete(tile);
    return covers(this.reach, tile);
  }

  /** Notes that a tile did not come, or not as new as it was to be: it is not asked for again before `retry`. */
  fail(tile: string): void {
    this.failed.add(tile);
  }

  retry(): void {
    for (const tile of this.failed) this.known.delete(tile);
    this.failed.clear();
  }

  /** These changed. */
  tell(tiles: Iterable<string>): void {
    for (const tile of tiles) this.known.delete(tile);
  }

  /** The stream tells of other tiles from now on, and of what happened to them since they were asked for. */
  cover(reach: Reach): void {
    this.reach = reach;
    for (const tile of this.known) if (!covers(reach, tile)) this.known.delete(tile);
  }

  /** Anything may have changed. */
  forget(): void {
    this.known.clear();
    this.failed.clear();
  }

  /** Those that are not fresh. */
  stale(tiles: readonly string[]): string[] {
    return tiles.filter((tile) => !this.known.has(tile));
  }
}

function covers(reach: Reach | undefined, tile: string): boolean {
  if (!reach || (tile.startsWith('cells/') && !reach.cells)) return false;
  const { span } = reach;
  const { z, x, y } = numbers(tile);
  return z === span.zoom && x >= span.west && x <= span.east && y >= span.north && y <= span.south;
}
