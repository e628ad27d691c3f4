// Starts the map of the home page: the words first, then the picture, then everything around it (screen.ts).
import { element } from '../element';
import { configOf, outlined, type Config } from './config';
import type { Map as Library } from './maplibre';
import { Picture } from './picture';
import { Screen } from './screen';
import { parse, type View } from './state';

const measured = 820; // px that the server's zoom is meant for

// The first view holds the whole place, on a narrow screen too.
function fitted(config: Config, width: number): View {
  return { ...config, zoom: Math.max(1, config.zoom - Math.max(0, Math.log2(measured / Math.max(1, width)))) };
}

// The map that the page keeps for readers without script. To a browser with script it is a text of our own server's markup.
function plainMap(root: HTMLElement): Element[] {
  const kept = element('template');
  kept.innerHTML = root.querySelector('noscript')?.textContent ?? '';
  return [...kept.content.querySelectorAll('.plain-map')];
}

/** Starts the island in its element. Tests find the map as `element.map`. */
export async function start(root: HTMLElement & { map?: Library }): Promise<void> {
  const config = await configOf(root);
  const place = parse(location.search);
  const plain = plainMap(root);
  const stage = element('div', { class: 'map-stage', id: 'map-stage' });
  const container = element('div', { class: 'map-view' });
  stage.append(container);
  root.replaceChildren(stage);
  try {
    const picture = await Picture.make({
      container, config, label: config.words['map.label'] ?? '', view: place.view ?? fitted(config, container.offsetWidth), filter: place.filter, hexagons: true,
      outline: outlined(config, place.outline) ?? 'none',
    });
    root.map = picture.map;
    new Screen(root, stage, config, picture);
  } catch (cause) {
    const sheet = document.querySelector('.sheet'); // holds the ways that are left
    sheet?.querySelector('div.skeletons')?.remove();
    sheet?.querySelector('.map-count')?.remove();
    root.classList.add('without-map');
    root.replaceChildren(...plain, element('p', { class: 'notice' }, config.words['map.failed'] ?? ''), ...(sheet ? [sheet] : []));
    throw cause;
  }
}
