// The form's map: a pin that says where. A press, Enter at the crosshair, the button, a dragged pin, an address or typed coordinates
// all end in the form's two fields, which are what is sent.
import { element } from '../element';
import { configOf } from '../map/config';
import { makePin, type Map } from '../map/maplibre';
import { Picture } from '../map/picture';
import { makeView } from '../map/view';
import { Voice } from '../map/voice';
import { Combobox } from './combobox';
import { Fields, written, type Spot } from './field';

const near = 17; // zoom that shows a street corner

/** Starts the island in its element, which stands in the form. Tests find the map as `element.map`. */
export async function start(root: HTMLElement & { map?: Map }): Promise<void> {
  const config = configOf(root);
  const form = root.closest('form');
  if (!form) throw new Error('the map of a place stands in a form');
  const fields = new Fields(form);
  const begun = fields.read();
  const stage = element('div', { class: 'map-stage', id: 'place-stage' });
  const container = element('div', { class: 'map-view' });
  stage.append(container);
  root.classList.add('place');
  root.replaceChildren(stage);

  let picture: Picture;
  try {
    const view = begun ? { ...begun, zoom: near } : config;
    picture = await Picture.make({ container, config, label: config.words['place.label'] ?? '', view, filter: {}, hexagons: false });
  } catch (cause) {
    root.replaceChildren(element('p', { class: 'notice' }, config.words['map.failed'] ?? ''));
    throw cause;
  }
  const { map, words } = picture;
  root.map = map;
  const voice = new Voice(words);
  const told = element('p', {}, words.say('place.unset'));
  const pin = makePin(map, drawPin(), (lat, lon) => put({ lat, lon }));

  const put = (spot: Spot) => {
    fields.write(spot);
    show(spot);
    voice.say(told.textContent);
  };
  const show = (spot: Spot) => {
    pin.at(spot.lat, spot.lon);
    told.textContent = words.say('place.set', { lat: written(spot.lat), lon: written(spot.lon) });
  };
  const go = (spot: Spot) => map.jumpTo({ center: [spot.lon, spot.lat], zoom: Math.max(near, map.getZoom()) });
  const putHere = () => {
    const centre = map.getCenter().wrap();
    put({ lat: centre.lat, lon: centre.lng });
  };

  makeView({ map, stage, words, help: words.say('place.help'), act: putHere, back: () => undefined, moved: () => undefined });
  const here = element('button', { type: 'button', class: 'quiet' }, words.say('place.here'));
  here.addEventListener('click', putHere);
  root.append(element('div', { class: 'place-foot' }, here, told), voice.region);

  map.on('click', (event) => {
    const at = event.lngLat.wrap();
    put({ lat: at.lat, lon: at.lng });
  });
  fields.onTyped(() => {
    const spot = fields.read();
    if (!spot) return;
    show(spot);
    go(spot);
  });
  if (fields.address) {
    new Combobox({
      input: fields.address, words, say: (sentence) => voice.say(sentence),
      taken: (found) => {
        put(found);
        go(found);
      },
    });
  }
  if (begun) show(begun);
}

function drawPin(): HTMLElement {
  const box = element('div', { class: 'place-pin', 'aria-hidden': 'true' });
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 28 38');
  const drop = document.createElementNS(ns, 'path');
  drop.setAttribute('d', 'M14 1.5a12.5 12.5 0 0 1 12.5 12.5c0 8.5-9.5 15.5-12.5 22.5c-3-7-12.5-14-12.5-22.5a12.5 12.5 0 0 1 12.5-12.5z');
  const eye = document.createElementNS(ns, 'circle');
  for (const [name, value] of [['cx', '14'], ['cy', '14'], ['r', '4.5']] as const) eye.setAttribute(name, value);
  svg.append(drop, eye);
  box.append(svg);
  return box;
}
