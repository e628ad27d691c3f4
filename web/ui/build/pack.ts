// Compresses what the build made, once and as well as it can be done: the server sends these files as they are. What does not get
// smaller is left alone.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const worthPacking = new Set(['.js', '.css', '.svg']); // fonts are compressed already

/** The packed forms of a file, by the ending of their names. */
export function packed(raw: Buffer): Record<string, Buffer> {
  const forms = {
    '.br': brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
    '.gz': gzipSync(raw, { level: 9 }),
  };
  return Object.fromEntries(Object.entries(forms).filter(([, form]) => form.length < raw.length));
}

/** The Vite plugin: puts name.js.br and name.js.gz beside name.js. */
export function pack(): Plugin {
  return {
    name: 'quartier-pack',
    apply: 'build',
    closeBundle() {
      const dir = join(import.meta.dirname, '..', 'dist', 'assets');
      for (const name of readdirSync(dir)) {
        if (!worthPacking.has(extname(name))) continue;
        for (const [ending, form] of Object.entries(packed(readFileSync(join(dir, name))))) writeFileSync(join(dir, name + ending), form);
      }
    },
  };
}
