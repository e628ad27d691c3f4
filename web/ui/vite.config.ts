import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { budget } from './build/budget.ts';
import { icons } from './build/icons.ts';
import { pack } from './build/pack.ts';
import { worker } from './build/worker.ts';

// Entries: `page` goes on every page, `map` only where a map is, `account` where people have signed in, `filing` on the form. MapLibre is a chunk of its own,
// loaded after the first paint. The service worker is built aside (build/worker.ts). Names carry a hash of the content, so that the server may tell browsers to
// keep them for ever.
export default defineConfig({
  base: './', // built files name each other: the site may stand below any path
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { page: 'src/page/main.ts', map: 'src/map/main.ts', account: 'src/account/main.ts', follow: 'src/follow/main.ts', filing: 'src/filing/main.ts' },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        codeSplitting: { groups: [{ name: 'maplibre-gl', test: /node_modules[\\/]maplibre-gl/ }] },
      },
    },
  },
  plugins: [icons(join(import.meta.dirname, 'node_modules')), worker(import.meta.dirname), budget(), pack()],
  test: { include: ['src/**/*.test.ts', 'build/**/*.test.ts'] },
});
