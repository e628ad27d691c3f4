// The picture: MapLibre with our sources and layers in the page's colours, on our own ground or on a basemap. Says nothing of filters,
// lists or keys; the islands move it and read what it shows.
import type { Feature } from 'geojson';
import { speak, type Words } from '../words';
import { Underlay } from './basemap';
import { onPaletteChange, palette, type Palette } from './colour';
import type { Config } from './config';
import { families, numbers } from './grid';
import { drawRings, giveImages, makeMap, type GeoJSONSource, type Map, type PointLike, type VectorTileSource } from './maplibre';
import { ramp } from './ramp';
import { look, type Box, type Drawn, type Sight } from './sight';
import { dress, tiles, type Follower, type Tiles } from './source';
import type { Filter, View } from './state';
import { itemLayers, layer, layers, source, style, zoneSource, type Sheet } from './style';

const font = 'Atkinson Hyperlegible Next';

/** A place to light. */
export interface Lit {
  lat: number;
  lon: number;
  radius: number; // px
}

export interface PictureOptions {
  container: HTMLElement;
  config: Config;
  label: string;
  view: View;
  filter: Filter;
  hexagons: boolean; // whether hexagons may be asked for
  outline?: string | undefined; // the one zone set that is drawn; absent: all
}

export class Picture {
  readonly map: Map;
  readonly words: Words;
  /** Who follows the live tiles; at first nobody. */
  follower: Follower = { ask: () => undefined, stands: () => undefined, late: () => undefined };
  private readonly tiles: Tiles;
  private readonly open: Set<string>;
  private sheet: Sheet;
  private readonly styled: Promise<void>; // our own style is there
  private hexagonsShown = false;
  private lit: Lit | undefined;

  /** Makes the picture. Throws when the browser cannot draw maps. */
  static async make(options: PictureOptions): Promise<Picture> {
    // Letters are drawn into the map once: the font must be there first, but nobody waits long for it.
    await Promise.race([document.fonts.load(`16px "${font}"`), new Promise((done) => setTimeout(done, 1500))]).catch(() => undefined);
    return new Picture(options);
  }

  private constructor(private readonly options: PictureOptions) {
    const { config } = options;
    this.words = speak(config.lang, config.words);
    this.tiles = tiles(location.origin, config.tiles);
    this.open = new Set(config.statuses.filter((status) => status.open).map((status) => status.name));
    this.sheet = {
      colours: palette(),
      zones: config.zones.map(({ set }) => ({ set, tiles: this.tiles.zones(set), shown: options.outline === undefined || options.outline === set })),
      items: this.tiles.items(options.filter),
      ...(options.hexagons ? { cells: this.tiles.cells(options.filter) } : {}),
      steps: ramp([]),
      open: [...this.open],
      lang: config.lang,
      font: [font],
      bare: true,
    };
    const follower: Follower = {
      ask: (tile) => this.follower.ask(tile), stands: () => this.follower.stands(), late: (tile) => this.follower.late(tile),
    };
    this.map = makeMap({
      container: options.container, style: style(this.sheet), view: options.view, words: this.words, label: options.label,
      attribution: config.attribution, dress: dress(location.origin, sessionStorage, follower), follower,
    });
    this.styled = new Promise<void>((done) => {
      void this.map.once('style.load', () => done());
    });
    this.map.on('style.load', () => {
      giveImages(this.map, this.sheet.colours);
      this.applyShown();
      this.applyLight();
    });
    drawRings(this.map, () => this.sheet.colours);
    const ground = new Underlay({
      map: this.map, basemap: config.basemap, standing: this.styled,
      draw: (make, bare) => {
        this.sheet = { ...this.sheet, bare };
        this.map.setStyle(make(this.sheet));
        this.applyShown();
        this.applyLight();
      },
    });
    void ground.lay();
    onPaletteChange(() => {
      this.repaint();
      if ('styles' in config.basemap) void ground.lay();
    });
  }

  /** Shows what the filter lets through. The old picture stands until the new one is there. */
  filter(filter: Filter): void {
    this.sheet = { ...this.sheet, items: this.tiles.items(filter), ...(this.options.hexagons ? { cells: this.tiles.cells(filter) } : {}) };
    this.map.getSource<VectorTileSource>(source.items)?.setTiles([this.sheet.items]);
    if (this.sheet.cells !== undefined) this.map.getSource<VectorTileSource>(source.cells)?.setTiles([this.sheet.cells]);
  }

  /** Asks the server again for those of some tiles that are in view. */
  refresh(tiles: readonly string[]): void {
    for (const family of families) {
      const ids = tiles.filter((tile) => tile.startsWith(`${family}/`)).map(numbers);
      if (ids.length > 0 && this.map.getSource(source[family])) this.map.refreshTiles(source[family], ids);
    }
  }

  /** Whether live tiles are on their way. */
  busy(): boolean {
    return [source.items, source.cells].some((id) => this.map.getSource(id) && !this.map.isSourceLoaded(id));
  }

  /** What is in view, in degrees. */
  box(): Box {
    const bounds = this.map.getBounds();
    return { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
  }

  view(): View {
    const centre = this.map.getCenter();
    return { zoom: this.map.getZoom(), lat: centre.lat, lon: centre.lng };
  }

  /** Everything drawn, or what is drawn within `reach` pixels of a spot. */
  sight(near?: { x: number; y: number; reach: number }): Sight {
    const box: [PointLike, PointLike] | undefined = near && [[near.x - near.reach, near.y - near.reach], [near.x + near.reach, near.y + near.reach]];
    const present = itemLayers.filter((id) => this.map.getLayer(id));
    const drawn = box ? this.map.queryRenderedFeatures(box, { layers: present }) : this.map.queryRenderedFeatures({ layers: present });
    const features: Drawn[] = drawn.map((one) => ({
      id: one.id, properties: one.properties, geometry: one.geometry, sourceLayer: one.sourceLayer,
    }));
    return look(features, near ? { west: -180, south: -90, east: 180, north: 90 } : this.box(), (status) => this.open.has(status));
  }

  /** Puts a light under one place, or takes it away. */
  light(at: Lit | undefined): void {
    if (at?.lat === this.lit?.lat && at?.lon === this.lit?.lon && at?.radius === this.lit?.radius) return; // the same light again would draw everything again
    this.lit = at;
    this.applyLight();
  }

  /** Hexagons in the place of clusters. The clusters stay in the picture unseen: they are what the totals are counted from. */
  hexagons(on: boolean): void {
    this.hexagonsShown = on;
    void this.styled.then(() => this.applyShown());
  }

  /** Draws the borders of one zone set, or of none. */
  outline(set: string | undefined): void {
    this.sheet = { ...this.sheet, zones: this.sheet.zones.map((zone) => ({ ...zone, shown: zone.set === set })) };
    void this.styled.then(() => this.applyShown());
  }

  /** Fits the hexagons' colours to the counts in view; returns what they mean. */
  fitRamp(): { colours: Palette; steps: readonly number[] } {
    if (this.hexagonsShown && this.map.getLayer(layer.cells)) {
      const counts = this.map.queryRenderedFeatures({ layers: [layer.cells] }).map((cell) => Number(cell.properties.count) || 0);
      const steps = ramp(counts);
      if (steps.join() !== this.sheet.steps.join()) {
        this.sheet = { ...this.sheet, steps };
        this.paint();
      }
    }
    return { colours: this.sheet.colours, steps: this.sheet.steps };
  }

  // A new style has no light of its own.
  private applyLight(): void {
    const at = this.lit;
    const features: Feature[] = at
      ? [{ type: 'Feature', properties: { radius: at.radius }, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } }]
      : [];
    this.map.getSource<GeoJSONSource>(source.lit)?.setData({ type: 'FeatureCollection', features });
  }

  private applyShown(): void {
    if (!this.map.getLayer(layer.points)) return; // a style that is still being built: it will be back
    const hexagons = this.hexagonsShown;
    const visible = (on: boolean) => (on ? 'visible' : 'none');
    if (this.map.getLayer(layer.cells)) this.map.setLayoutProperty(layer.cells, 'visibility', visible(hexagons));
    for (const id of [layer.clusters, layer.singles]) {
      this.map.setPaintProperty(id, 'icon-opacity', hexagons ? 0 : 1);
      this.map.setPaintProperty(id, 'text-opacity', hexagons ? 0 : 1);
    }
    for (const { set, shown } of this.sheet.zones) {
      for (const part of ['line', 'name']) this.map.setLayoutProperty(`${zoneSource(set)}-${part}`, 'visibility', visible(shown));
    }
  }

  private repaint(): void {
    this.sheet = { ...this.sheet, colours: palette() };
    giveImages(this.map, this.sheet.colours);
    this.paint();
  }

  private paint(): void {
    if (this.map.getLayer(layer.ground)) this.map.setPaintProperty(layer.ground, 'background-color', this.sheet.colours.ground);
    for (const one of layers(this.sheet)) {
      for (const [name, value] of Object.entries(one.paint ?? {})) this.map.setPaintProperty(one.id, name, value);
    }
    this.applyShown();
  }
}
