// Builds the service worker: one file without imports and without a hash in its name, because its address must stay. It is told what else was built, so that it
// changes whenever that does, and browsers take the new one.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build, type Plugin, type Rollup } from 'vite';

/** A built file, as far as we use it. */
export interface Built {
  isEntry?: boolean;
  name?: string | undefined;
  imports?: string[];
  dynamicImports?: string[];
  viteMetadata?: { importedCss: Set<string> };
}

/** Entries whose pages open without a network. */
const open = ['page', 'map', 'filing'];

/** What of the built files they want: all that they load, now or later, and fonts and icons. MapLibre weighs more than all the others together, and is kept
 * once a map was looked at. */
export function wanted(bundle: Record<string, Built>): string[] {
  const files = new Set<string>();
  const queue = Object.keys(bundle).filter((file) => bundle[file]?.isEntry && open.includes(bundle[file].name ?? ''));
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    const chunk = bundle[file];
    if (!chunk || files.has(file) || file.includes('/maplibre-gl-')) continue;
    files.add(file);
    queue.push(...(chunk.imports ?? []), ...(chunk.dynamicImports ?? []));
    for (const css of chunk.viteMetadata?.importedCss ?? []) if (!css.includes('/maplibre-gl-')) files.add(css);
  }
  for (const file of Object.keys(bundle)) if (/^assets\/.*\.(woff2|svg)$/.test(file)) files.add(file);
  return [...files].sort();
}

/** The Vite plugin. */
export function worker(root: string): Plugin {
  return {
    name: 'quartier-worker',
    apply: 'build',
    async generateBundle(_, bundle) {
      const version = createHash('sha256').update(Object.keys(bundle).sort().join()).digest('base64url').slice(0, 12); // names carry the hashes
      const made = (await build({
        configFile: false,
        logLevel: 'warn',
        define: { VERSION: JSON.stringify(version), BUILT: JSON.stringify(wanted(bundle as Record<string, Built>).map((file) => `/${file}`)) },
        build: { write: false, target: 'es2022', rolldownOptions: { input: join(root, 'src/worker/main.ts'), output: { format: 'iife' } } },
      })) as Rollup.RollupOutput;
      const [file, ...others] = made.output;
      if (others.length > 0) this.error('the service worker is more than one file');
      this.emitFile({ type: 'asset', fileName: 'worker.js', source: file.code });
    },
  };
}
