// The heights of the sheet at the bottom of a telephone's screen, and where it comes to rest when it is let go.

export const heights = ['peek', 'half', 'full'] as const;
export type Height = (typeof heights)[number];

const flick = 0.5; // px per ms: faster than this, the direction counts and not the place

/** One step taller or lower. */
export function step(from: Height, by: 1 | -1): Height {
  return heights[Math.max(0, Math.min(heights.length - 1, heights.indexOf(from) + by))] ?? from;
}

/** Where a sheet that was `tall` px high when it was let go comes to rest. `speed` is px per ms, positive upwards. */
export function settle(tall: number, speed: number, sizes: Record<Height, number>): Height {
  const order = [...heights].sort((a, b) => sizes[a] - sizes[b]);
  if (speed > flick) return order.find((height) => sizes[height] > tall) ?? 'full';
  if (speed < -flick) return order.findLast((height) => sizes[height] < tall) ?? 'peek';
  return order.reduce((best, height) => (Math.abs(sizes[height] - tall) < Math.abs(sizes[best] - tall) ? height : best), 'peek');
}
