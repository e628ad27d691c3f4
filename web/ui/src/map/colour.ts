// The map's colours are the page's tokens, read from the style sheet, so that light, dark and high contrast hold on the map too.

/** The states that have a colour and a shape; others are drawn as `withdrawn`. */
export const states = [
  'new', 'acknowledged', 'planned', 'in_progress', 'waiting', 'resolved', 'rejected', 'duplicate', 'referred', 'reopened', 'withdrawn',
] as const;
export type StateName = (typeof states)[number];

export interface Palette {
  ground: string;
  zone: string;
  land: [string, string, string]; // what zones are filled with where no streets are shown
  card: string;
  ink: string;
  muted: string;
  accent: string;
  edge: string;
  ramp: [string, string, string, string, string];
  state: Record<StateName, string>;
}

/** The palette as it stands now. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const state = Object.fromEntries(states.map((name) => [name, token(name.replace('_', '-'))])) as Palette['state'];
  return {
    ground: token('ground'), zone: token('zone'), land: [token('land-1'), token('land-2'), token('land-3')], card: token('card'), ink: token('ink'),
    muted: token('muted'), accent: token('accent'), edge: token('edge'),
    ramp: [token('hex-1'), token('hex-2'), token('hex-3'), token('hex-4'), token('hex-5')],
    state,
  };
}

/** Calls back when the reader changes between light and dark, or asks for more contrast. */
export function onPaletteChange(change: () => void): void {
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) matchMedia(query).addEventListener('change', change);
}

/** Relative luminance of #RRGGBB, 0 to 1 (WCAG 2.2, definition of relative luminance). */
export function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
