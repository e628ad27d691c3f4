// The map to draw an area on. terra-draw places the corners and lets them be dragged afterwards; what counts is the form's field. By keyboard
// Enter puts a corner under the cross, as a press there would.
import { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode } from 'terra-draw';
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter';
import { element } from '../element';
import { palette } from '../map/colour';
import type { Config } from '../map/config';
import { spotHelp } from '../map/help';
import type { Map } from '../map/maplibre';
import { Picture } from '../map/picture';
import { makeView } from '../map/view';
import { Voice } from '../map/voice';
import type { Words } from '../words';
import { read, written } from './area';

const finish = 'f'; // the key that closes the outline

/** Starts the map in its element, which stands in the form. Tests find the map as `element.map`. */
export async function start(root: HTMLElement & { map?: Map }, form: HTMLFormElement, config: Config, words: Words): Promise<void> {
  const field = form.elements.namedItem('area');
  if (!(field instanceof HTMLInputElement)) throw new Error('the form has no area');
  const voice = new Voice(words);
  const stage = element('div', { class: 'map-stage', id: 'draw-stage' });
  const container = element('div', { class: 'map-view' });
  const again = element('button', { type: 'button', class: 'quiet' }, words.say('draw.again'));
  const size = element('p', { class: 'place-said' });
  stage.append(container);
  root.classList.add('place');
  root.replaceChildren(
    element('p', { class: 'hint' }, words.say('draw.how')), stage, element('div', { class: 'place-foot' }, again, size),
    element('p', { class: 'hint' }, words.say('draw.keys')), voice.region,
  );
  const { map } = await Picture.make({ container, config, label: words.say('draw.label'), view: config, filter: { status: ['open'] }, hexagons: false });
  await new Promise<void>((done) => { if (map.isStyleLoaded()) done(); else void map.once('load', () => done()); });

  const draw = new TerraDraw({ adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 7 }), modes: modes() });
  const show = (sentence: string) => {
    voice.say(sentence);
    size.textContent = sentence;
  };
  const take = () => {
    const drawn = draw.getSnapshot().find((feature) => feature.geometry.type === 'Polygon');
    field.value = drawn?.geometry.type === 'Polygon' ? written(drawn.geometry.coordinates[0] ?? []) : '';
    const corners = read(field.value).length;
    if (corners > 0) show(words.say('draw.closed', { n: corners }));
    return drawn?.id;
  };
  const erase = () => {
    draw.clear();
    draw.setMode('polygon');
    field.value = '';
    show(words.say('draw.erased'));
  };
  draw.start();
  const before = read(field.value);
  const first = before[0];
  if (first) {
    const ring = [...before, first].map(([lon, lat]) => [lon, lat]);
    draw.addFeatures([{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { mode: 'polygon' } }]);
    const [lons, lats] = [before.map(([lon]) => lon), before.map(([, lat]) => lat)];
    map.fitBounds([[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]], { padding: 48, duration: 0 });
  }
  draw.setMode(first ? 'select' : 'polygon');
  // One area: once it is closed its corners can be dragged, and another is drawn after it was erased.
  draw.on('finish', () => {
    const id = take();
    if (draw.getMode() === 'polygon') draw.setMode('select');
    if (id !== undefined && draw.getMode() === 'select') draw.selectFeature(id);
  });
  again.addEventListener('click', erase);
  makeView({
    map, stage, words, help: spotHelp, back: erase, moved: () => undefined,
    act: () => {
      press(map.getCanvas());
      const corners = draw.getSnapshot().find((feature) => feature.geometry.type === 'Polygon')?.properties.committedCoordinateCount;
      if (draw.getMode() === 'polygon' && typeof corners === 'number') voice.say(words.say('draw.corner', { n: corners }));
    },
  });
  root.map = map;
}

function modes(): [TerraDrawPolygonMode, TerraDrawSelectMode] {
  const accent = palette().accent as `#${string}`;
  const styles = { fillColor: accent, fillOpacity: 0.2, outlineColor: accent, outlineWidth: 3, closingPointColor: accent, closingPointWidth: 8 } as const;
  const corners = { selectionPointColor: accent, selectionPointWidth: 8, midPointColor: accent, midPointWidth: 5 } as const;
  return [
    new TerraDrawPolygonMode({ pointerDistance: 30, keyEvents: { finish, cancel: null }, styles }),
    new TerraDrawSelectMode({
      keyEvents: null, pointerDistance: 30,
      flags: { polygon: { feature: { draggable: true, coordinates: { draggable: true, midpoints: true, deletable: true } } } },
      styles: { selectedPolygonColor: accent, selectedPolygonFillOpacity: 0.2, selectedPolygonOutlineColor: accent, selectedPolygonOutlineWidth: 3, ...corners },
    }),
  ];
}

// A press in the middle of the map, where the cross stands.
function press(canvas: HTMLElement): void {
  const box = canvas.getBoundingClientRect();
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, isPrimary: true, button: 0, bubbles: true, pointerType: 'mouse' };
  for (const type of ['pointermove', 'pointerdown', 'pointerup']) canvas.dispatchEvent(new PointerEvent(type, at));
}
