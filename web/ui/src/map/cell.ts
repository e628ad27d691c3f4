// Which cluster a report stands in: the H3 cell of its own place, coarsened to the cells that tiles of a zoom count by. An H3
// index is 64 bits: the resolution in bits 52 to 55, then three bits for each of fifteen finer steps, all ones where unused.

// The resolution that tiles of each zoom cluster by: byZoom in tiles/zoom.go.
const byZoom = [0, 1, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 8, 9, 10, 11, 11, 12, 13] as const;

/** The resolution of the clusters drawn at a zoom of the map. */
export function resolution(zoom: number): number {
  return byZoom[Math.max(0, Math.min(byZoom.length - 1, Math.floor(zoom)))] ?? 0;
}

/** The cell of a coarser resolution around a cell, both as people write them; undefined when there is none. */
export function parent(cell: string, coarser: number): string | undefined {
  if (!/^[0-9a-f]{15,16}$/.test(cell)) return undefined;
  const bits = BigInt(`0x${cell}`);
  const own = Number((bits >> 52n) & 0xfn);
  if (coarser > own) return undefined;
  const unused = (1n << BigInt(3 * (15 - coarser))) - 1n;
  return ((bits & ~(0xfn << 52n)) | (BigInt(coarser) << 52n) | unused).toString(16);
}
