// Makes one sprite of the icons that categories may have: each a <symbol> of 15 units, drawn in the colour of who uses it. Maki
// and Temaki are CC0 and of one weight. Only what a city needs is taken, so that the sprite stays a few kilobytes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const maki = [
  'bar', 'barrier', 'bicycle', 'building', 'bus', 'cafe', 'car', 'caution', 'cemetery', 'construction', 'danger', 'dog-park', 'drinking-water',
  'fire-station', 'furniture', 'garden', 'harbor', 'heart', 'home', 'hospital', 'industry', 'information', 'library', 'lighthouse', 'marker',
  'music', 'paint', 'park', 'parking', 'pitch', 'playground', 'police', 'recycling', 'roadblock', 'school', 'scooter', 'shop', 'swimming',
  'telephone', 'toilet', 'town-hall', 'veterinary', 'warehouse', 'waste-basket', 'water', 'wheelchair',
];
const temaki = [
  'bench', 'bicycle_parked', 'bollard_row', 'boulder2', 'bulletin_board', 'crossing_markings-zebra', 'hand', 'junk_car', 'manhole', 'mast_lighting',
  'pedestrian', 'pipe', 'poster_box', 'ruins', 'shrub', 'speaker', 'street_lamp_arm', 'traffic_signals', 'tree_broadleaved', 'tree_leafless', 'waste',
];

/** The shapes of an icon's file. Fails when it holds more than filled paths: a sprite would lose the rest. */
export function symbol(name: string, file: string): string {
  const other = /<(circle|rect|ellipse|polygon|polyline|line|use|text|style)\b/.exec(file);
  const paths = [...file.matchAll(/<path\b[^>]*?\bd="([^"]+)"/g)].map(([, d = '']) => d.replace(/(&#x[0-9A-Fa-f]+;|\s)+/g, ' ').trim());
  if (other || paths.length === 0) throw new Error(`icon ${name}: ${other ? `has a <${other[1]}>` : 'has no path'}`);
  const rule = file.includes('fill-rule="evenodd"') ? ' fill-rule="evenodd"' : '';
  return `<symbol id="${name}" viewBox="0 0 15 15">${paths.map((d) => `<path${rule} d="${d}"/>`).join('')}</symbol>`;
}

/** The Vite plugin: writes the sprite, and icons.json, which tells the server its name and its icons. */
export function icons(modules: string): Plugin {
  return {
    name: 'quartier-icons',
    apply: 'build',
    generateBundle() {
      const sources = [['@mapbox/maki', maki], ['@rapideditor/temaki', temaki]] as const;
      const symbols = sources.flatMap(([library, names]) =>
        names.map((name) => symbol(name, readFileSync(join(modules, library, 'icons', `${name}.svg`), 'utf8'))));
      const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
      const hash = createHash('sha256').update(sprite).digest('base64url').slice(0, 8);
      const file = `assets/icons-${hash}.svg`;
      this.emitFile({ type: 'asset', fileName: file, source: sprite });
      this.emitFile({ type: 'asset', fileName: 'icons.json', source: JSON.stringify({ file, names: [...maki, ...temaki] }) });
    },
  };
}
