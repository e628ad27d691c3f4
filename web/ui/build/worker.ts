// Builds the service worker: one file without imports and without a hash in its name, because its address must stay. It is told what else was built, so that it
// changes whenever that does, and browsers take the new one.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build, type Plugin, type Rollup } from 'vite';

/** What of the built files pages want without a network. MapLibre weighs more than all the others together, and is kept once a map was looked at. */
export const wanted = (files: string[]): string[] =>
  files.filter((file) => /^assets\/.*\.(js|css|woff2|svg)$/.test(file) && !/\/(maplibre-gl|account)-/.test(file)).sort();

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
        define: { VERSION: JSON.stringify(version), BUILT: JSON.stringify(wanted(Object.keys(bundle)).map((file) => `/${file}`)) },
        build: { write: false, target: 'es2022', rolldownOptions: { input: join(root, 'src/worker/main.ts'), output: { format: 'iife' } } },
      })) as Rollup.RollupOutput;
      const [file, ...others] = made.output;
      if (others.length > 0) this.error('the service worker is more than one file');
      this.emitFile({ type: 'asset', fileName: 'worker.js', source: file.code });
    },
  };
}
