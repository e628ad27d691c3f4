// The view: MapLibre's canvas as one labelled tab stop with its keys, the crosshair, the pad of buttons for those who do not drag, and the
// help. Both islands use it; what Enter does at the crosshair is theirs.
import { element } from '../element';
import type { Words } from '../words';
import { helpDialog, helpText, type Help } from './help';
import { command, fineStep, step, type Command } from './keyboard';
import type { Map } from './maplibre';

export interface View {
  focus(): void;
}

interface Options {
  map: Map;
  stage: HTMLElement; // holds the map's container and what floats over it
  words: Words;
  help: Help; // what the keys do
  act: () => void; // Enter at the crosshair
  back: () => void; // Escape
  moved: () => void; // the reader moved the map by a key or a button
}

/** Makes the map's canvas a view. */
export function makeView({ map, stage, words, help, act, back, moved }: Options): View {
  const canvas = map.getCanvas();
  const text = element('p', { id: `${stage.id}-keys`, class: 'sr' }, helpText(words, help));
  const dialog = helpDialog(words, help);
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-describedby', text.id);
  stage.append(text, element('div', { class: 'map-cross', 'aria-hidden': 'true' }), dialog);

  const run = (given: Command) => {
    switch (given.do) {
      case 'pan':
        map.panBy([given.x, given.y], { duration: 150 });
        return moved();
      case 'zoom':
        map.easeTo({ zoom: map.getZoom() + given.by, duration: 200 });
        return moved();
      case 'act':
        return act();
      case 'help':
        return dialog.showModal();
      case 'back':
        return back();
    }
  };
  canvas.addEventListener('keydown', (event) => {
    const given = command(event);
    if (!given) return;
    event.preventDefault();
    run(given);
  });
  stage.append(pad(words, run));
  return { focus: () => canvas.focus() };
}

// Buttons for a pointer that cannot drag or pinch (WCAG 2.2, 2.5.7). The keyboard has the same in the view itself, so they are no
// tab stops.
function pad(words: Words, run: (given: Command) => void): HTMLElement {
  let fine = false;
  const button = (sign: string, label: string, pressed: () => void, kind = '') => {
    const made = element('button', { type: 'button', class: `map-button ${kind}`, tabindex: -1, 'aria-label': label, title: label }, sign);
    made.addEventListener('click', pressed);
    return made;
  };
  const pan = (x: number, y: number) => () => {
    const by = fine ? fineStep : step;
    run({ do: 'pan', x: x * by, y: y * by });
  };
  const zoom = (by: number) => () => run({ do: 'zoom', by });
  const half = button('½', words.say('map.fine'), () => {
    fine = !fine;
    half.setAttribute('aria-pressed', String(fine));
  }, 'fine');
  half.setAttribute('aria-pressed', 'false');
  const cross = element(
    'div', { class: 'map-pad', hidden: true },
    button('↑', words.say('map.north'), pan(0, -1), 'north'), button('←', words.say('map.west'), pan(-1, 0), 'west'),
    half, button('→', words.say('map.east'), pan(1, 0), 'east'), button('↓', words.say('map.south'), pan(0, 1), 'south'),
  );
  const opener = button('✥', words.say('map.move'), () => {
    cross.hidden = !cross.hidden;
    opener.setAttribute('aria-expanded', String(!cross.hidden));
  });
  opener.setAttribute('aria-expanded', 'false');
  return element(
    'div', { class: 'map-buttons' },
    button('+', words.say('map.zoom_in'), zoom(1)), button('−', words.say('map.zoom_out'), zoom(-1)), opener, cross,
  );
}
