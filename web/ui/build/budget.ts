// Weighs what the build made, in gzip, against the budgets of the front end, and fails the build above them. The figures are
// read from the manifest, as the server reads it: what a page links, not what happens to lie in the folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** One entry of Vite's manifest, as far as we use it. */
export interface Chunk {
  file: string;
  src?: string;
  isEntry?: boolean;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}
export type Manifest = Record<string, Chunk>;

/** A measured part: its size and its limit, in bytes after gzip. */
export interface Figure {
  name: string;
  bytes: number;
  limit: number;
}

const kB = 1000;

/** Everything a chunk pulls in: with `lazy`, also what it loads later. `stop` names chunks not to enter. */
function closure(manifest: Manifest, start: string, lazy: boolean, stop: (key: string) => boolean): Set<string> {
  const seen = new Set<string>();
  const queue = [start];
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const chunk = manifest[key];
    if (!chunk || seen.has(key) || stop(key)) continue;
    seen.add(key);
    queue.push(...(chunk.imports ?? []), ...(lazy ? (chunk.dynamicImports ?? []) : []));
  }
  return seen;
}

/** The figures of a build. `size` gives the gzip size of a built file. */
export function weigh(manifest: Manifest, size: (file: string) => number): Figure[] {
  const isLibrary = (key: string) => key.includes('node_modules/maplibre-gl') || /maplibre-gl/.test(manifest[key]?.file ?? '');
  const never = () => false;
  const sum = (files: Iterable<string>) => [...new Set(files)].reduce((total, file) => total + size(file), 0);
  const scripts = (keys: Iterable<string>) => [...keys].map((key) => manifest[key]?.file ?? '').filter((file) => file.endsWith('.js'));

  const page = closure(manifest, 'src/page/main.ts', true, never);
  const island = closure(manifest, 'src/map/main.ts', true, isLibrary);
  const drawing = [...closure(manifest, 'src/follow/main.ts', true, isLibrary)].filter((key) => !island.has(key));
  const library = Object.keys(manifest).filter(isLibrary);
  const frame = closure(manifest, 'src/page/main.ts', false, never);
  const offline = ['src/outbox/start.ts', 'src/outbox/install.ts'].flatMap((key) => [...closure(manifest, key, false, (one) => frame.has(one))]);
  const filing = [...closure(manifest, 'src/filing/main.ts', true, isLibrary)].filter((key) => !island.has(key) && !page.has(key));
  const css = (key: string) => sum([...closure(manifest, key, true, never)].flatMap((one) => manifest[one]?.css ?? []));
  // The form, and the map to draw on, have sheets of their own. No page loads two of these beside those of every page.
  const own = (key: string) => sum(manifest[key]?.css ?? []);
  const styles = css('src/page/main.ts') + Math.max(css('src/map/main.ts') + Math.max(own('src/follow/main.ts'), own('src/filing/main.ts')), css('src/account/main.ts'));

  return [
    { name: 'styles of the heaviest page', bytes: styles, limit: 25 * kB },
    { name: 'script of a page without a map', bytes: sum(scripts(page)), limit: 15 * kB },
    { name: 'map island', bytes: sum(scripts(island)), limit: 75 * kB },
    { name: 'offline part of a page', bytes: sum(scripts(offline)), limit: 4 * kB },
    { name: 'service worker', bytes: size('worker.js'), limit: 4 * kB },
    { name: 'drawing', bytes: sum(scripts(drawing)), limit: 42 * kB },
    { name: 'the form beside its map', bytes: sum(scripts(filing)), limit: 15 * kB },
    { name: 'MapLibre', bytes: sum(scripts(library)), limit: 280 * kB },
  ];
}

/** The table that the build prints. */
export function table(figures: Figure[]): string {
  const inKB = (bytes: number) => (bytes / kB).toFixed(1).padStart(6);
  return figures
    .map((f) => `${f.bytes > f.limit ? '✗' : '✓'} ${f.name.padEnd(32)} ${inKB(f.bytes)} of ${inKB(f.limit)} kB gzip`)
    .join('\n');
}

/** Fails when a figure is over its limit, or is nothing at all (then the build has lost an entry). */
export function judge(figures: Figure[]): void {
  const over = figures.filter((f) => f.bytes > f.limit);
  if (over.length > 0) throw new Error(`over budget: ${over.map((f) => f.name).join(', ')}`);
  const empty = figures.filter((f) => f.bytes === 0);
  if (empty.length > 0) throw new Error(`nothing was built for: ${empty.map((f) => f.name).join(', ')}`);
}

/** The Vite plugin: prints the table after writing, then judges. */
export function budget(): Plugin {
  return {
    name: 'quartier-budget',
    apply: 'build',
    writeBundle(options) {
      const dir = options.dir ?? 'dist';
      const manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as Manifest;
      const figures = weigh(manifest, (file) => gzipSync(readFileSync(join(dir, file)), { level: 9 }).length);
      console.log(`\n${table(figures)}`);
      judge(figures);
    },
  };
}
