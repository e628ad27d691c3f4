// The map of one place: a picture until somebody presses it, a live map afterwards. Most readers never do, and are spared a megabyte.
import { element } from '../element';
import { configOf } from '../map/config';
import { spotHelp } from '../map/help';
import { makePin, type Map } from '../map/maplibre';
import { Picture } from '../map/picture';
import { makeView } from '../map/view';
import { drawPin } from '../place/pin';
import { speak } from '../words';

/** Puts the live map into the place of the picture. Tests find it as `element.map`. */
export async function start(root: HTMLElement & { map?: Map }): Promise<void> {
  const config = await configOf(root);
  const words = speak(config.lang, config.words);
  const stage = element('div', { class: 'map-stage', id: 'spot-stage' });
  const container = element('div', { class: 'map-view' });
  stage.append(container);
  const picture = [...root.children];
  root.replaceChildren(stage);
  try {
    const drawn = await Picture.make({ container, config, label: words.say('map.label'), view: config, filter: { status: ['open'] }, hexagons: false, outline: 'none' });
    makePin(drawn.map, drawPin()).at(config.lat, config.lon);
    makeView({ map: drawn.map, stage, words, help: spotHelp, act: () => undefined, back: () => undefined, moved: () => undefined }).focus();
    root.map = drawn.map;
  } catch (cause) {
    root.replaceChildren(...picture); // the picture says the same
    throw cause;
  }
}
