import { describe, expect, test } from 'vitest';
import { judge, table, weigh, type Manifest } from './budget';

const manifest: Manifest = {
  'src/page/main.ts': { file: 'assets/page-a.js', isEntry: true, imports: ['_token.js'], dynamicImports: ['src/outbox/start.ts'], css: ['assets/page-a.css'] },
  'src/outbox/start.ts': { file: 'assets/start-a.js', imports: ['_token.js'] },
  'src/map/main.ts': { file: 'assets/map-a.js', isEntry: true, imports: ['_token.js'], dynamicImports: ['src/map/island.ts'], css: ['assets/map-a.css'] },
  'src/map/island.ts': { file: 'assets/island-a.js', imports: ['_token.js'], dynamicImports: ['node_modules/maplibre-gl/dist/maplibre-gl.js'] },
  'src/follow/main.ts': { file: 'assets/follow-a.js', isEntry: true, dynamicImports: ['src/follow/island.ts'], css: ['assets/follow-a.css'] },
  'src/follow/island.ts': { file: 'assets/draw-a.js', imports: ['_token.js', 'node_modules/maplibre-gl/dist/maplibre-gl.js'] },
  'node_modules/maplibre-gl/dist/maplibre-gl.js': { file: 'assets/maplibre-gl-a.js', css: ['assets/maplibre-gl-a.css'] },
  'src/filing/main.ts': { file: 'assets/filing-a.js', isEntry: true, imports: ['_token.js'], css: ['assets/filing-a.css'] },
  '_token.js': { file: 'assets/token-a.js' },
};
const sizes: Record<string, number> = {
  'assets/page-a.js': 1, 'assets/token-a.js': 2, 'assets/map-a.js': 4, 'assets/island-a.js': 8, 'assets/maplibre-gl-a.js': 16,
  'assets/follow-a.js': 32, 'assets/draw-a.js': 64, 'assets/start-a.js': 128, 'worker.js': 256, 'assets/follow-a.css': 800, 'assets/filing-a.js': 512, 'assets/filing-a.css': 900,
  'assets/page-a.css': 100, 'assets/map-a.css': 200, 'assets/maplibre-gl-a.css': 400,
};
const figures = weigh(manifest, (file) => sizes[file] ?? NaN);

describe('budget', () => {
  test('counts each file once, where a page loads it', () => {
    expect(figures.map((f) => f.bytes)).toEqual([1600, 131, 14, 128, 256, 96, 512, 16]);
  });
  test('accepts what is under the limits', () => {
    expect(() => judge(figures)).not.toThrow();
  });
  test('fails above a limit and names the part', () => {
    expect(() => judge(figures.map((f) => (f.name === 'map island' ? { ...f, bytes: f.limit + 1 } : f)))).toThrow('map island');
  });
  test('fails when an entry was lost', () => {
    expect(() => judge(weigh({}, () => 1))).toThrow('nothing was built');
  });
  test('prints one line for each part', () => {
    expect(table(figures).split('\n')).toHaveLength(8);
  });
});
