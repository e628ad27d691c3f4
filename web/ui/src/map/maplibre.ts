// The one door to MapLibre GL. Everything else of ours asks here, so that the library can be replaced or held back in one place.
import maplibregl from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { Words } from '../words';
import { images, pixelRatio, ring } from './icon';
import type { Palette } from './colour';
import { fetchLive, scheme, type Ask, type Follower } from './source';
import { closest, zooms, type View } from './state';

export type {
  ExpressionSpecification, GeoJSONSource, LayerSpecification, Map, MapGeoJSONFeature, MapMouseEvent, MapSourceDataEvent, PointLike, SourceSpecification,
  StyleSpecification, VectorTileSource,
} from 'maplibre-gl';

export interface Ground {
  container: HTMLElement;
  style: maplibregl.StyleSpecification;
  view: View;
  words: Words;
  label: string; // what a screen reader calls the map
  attribution: string | undefined;
  dress: (url: string) => Ask;
  follower: Follower;
}

/** Makes a map with a scale and the attribution, without the library's own keys: ours say what they do (keyboard.ts). */
export function makeMap(ground: Ground): maplibregl.Map {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  maplibregl.addProtocol(scheme, (ask, { signal }) => fetchLive(ask, signal, ground.follower));
  const map = new maplibregl.Map({
    container: ground.container,
    style: ground.style,
    center: [ground.view.lon, ground.view.lat],
    zoom: ground.view.zoom,
    minZoom: zooms.min,
    maxZoom: closest,
    keyboard: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    refreshExpiredTiles: false, // the live stream tells what is stale
    fadeDuration: calm ? 0 : 150,
    transformRequest: (url) => ground.dress(url),
    locale: { 'Map.Title': ground.label, 'AttributionControl.ToggleAttribution': ground.words.say('map.attribution') },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.ScaleControl({ unit: 'metric' }), 'bottom-left');
  map.addControl(
    new maplibregl.AttributionControl({ compact: false, ...(ground.attribution === undefined ? {} : { customAttribution: plain(ground.attribution) }) }),
    'bottom-right',
  );
  return map;
}

// The library takes attribution as markup; ours is text.
function plain(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Puts our images into the style, or draws them anew in other colours; rings are drawn when the picture asks for one. */
export function giveImages(map: maplibregl.Map, colours: Palette): void {
  for (const { name, data } of images(colours)) put(map, name, data);
  for (const name of map.listImages()) {
    const drawn = ring(name, colours);
    if (drawn) put(map, name, drawn.data);
  }
}

/** Draws the rings that the picture asks for, in the colours that hold at that moment. */
export function drawRings(map: maplibregl.Map, colours: () => Palette): void {
  map.on('styleimagemissing', ({ id }) => {
    const drawn = ring(id, colours());
    if (drawn) put(map, id, drawn.data);
  });
}

function put(map: maplibregl.Map, name: string, data: ImageData): void {
  if (map.hasImage(name)) map.updateImage(name, data);
  else map.addImage(name, data, { pixelRatio });
}

/** A pin that is set by code, and may be dragged where somebody wants to know of it. */
export function makePin(map: maplibregl.Map, element: HTMLElement, moved?: (lat: number, lon: number) => void): { at(lat: number, lon: number): void } {
  const pin = new maplibregl.Marker({ element, draggable: moved !== undefined, anchor: 'bottom' });
  if (moved) pin.on('dragend', () => moved(pin.getLngLat().lat, pin.getLngLat().wrap().lng));
  return { at: (lat, lon) => void pin.setLngLat([lon, lat]).addTo(map) };
}

/** A mark of where a search led; it takes no press away from what lies below it. */
export function makeMark(map: maplibregl.Map): (at: { lat: number; lon: number } | undefined) => void {
  const element = document.createElement('div');
  element.className = 'map-mark';
  element.setAttribute('aria-hidden', 'true');
  const mark = new maplibregl.Marker({ element, anchor: 'center' });
  return (at) => void (at ? mark.setLngLat([at.lon, at.lat]).addTo(map) : mark.remove());
}
