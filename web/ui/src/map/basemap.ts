// The outside basemap, when one is configured. The map never waits for it: it stands on its own ground first, and the basemap is
// laid under it when it comes. When it does not come, nothing is missing but the streets.
import type { LayerSpecification, StyleSpecification } from './maplibre';
import { layers, sources, type Sheet } from './style';

const patience = 10_000; // ms

/** Fetches a basemap's style; undefined when it cannot be had or is no style. */
export async function fetchBasemap(address: string): Promise<StyleSpecification | undefined> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(patience) });
    if (!answer.ok) return undefined;
    const style = (await answer.json()) as Partial<StyleSpecification>;
    return style.version === 8 && Array.isArray(style.layers) && typeof style.sources === 'object' ? (style as StyleSpecification) : undefined;
  } catch {
    return undefined;
  }
}

/** The basemap with our sources and layers on top. A basemap with glyphs of its own lends us its font. */
export function onBasemap(base: StyleSpecification, sheet: Sheet): StyleSpecification {
  const font = base.glyphs === undefined ? undefined : fontOf(base.layers);
  const ours = font === undefined ? sheet : { ...sheet, font };
  return { ...base, sources: { ...base.sources, ...sources(ours) }, layers: [...base.layers, ...layers(ours)] };
}

function fontOf(all: LayerSpecification[]): string[] | undefined {
  for (const one of all) {
    const font: unknown = one.type === 'symbol' ? one.layout?.['text-font'] : undefined;
    if (Array.isArray(font) && font.every((name) => typeof name === 'string') && font[0] !== 'literal') return font;
  }
  return undefined;
}
