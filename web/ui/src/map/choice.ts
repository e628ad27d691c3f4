// What the reader may show or hide on the map: hexagons, zones, spoken changes; and the legend of what is shown.
import { element } from '../element';
import type { Words } from '../words';
import type { Palette } from './colour';

interface Options {
  words: Words;
  hexagons: (on: boolean) => void;
  zones: ((on: boolean) => void) | undefined; // undefined: there are none to show
  live: (on: boolean) => void;
}

export class Choice {
  readonly box: HTMLElement;
  private readonly legend = element('ul', { class: 'map-legend', hidden: true });

  constructor(private readonly options: Options) {
    const { words } = options;
    this.legend.setAttribute('aria-label', words.say('map.layers.legend'));
    this.box = element(
      'fieldset', { class: 'map-choice' }, element('legend', {}, words.say('map.layers')),
      check(words.say('map.layers.hexagons'), false, (on) => {
        this.legend.hidden = !on;
        options.hexagons(on);
      }),
      this.legend,
      ...(options.zones ? [check(words.say('map.layers.zones'), true, options.zones)] : []),
      check(words.say('map.live'), true, options.live),
    );
  }

  /** Tells what the hexagons' colours mean. */
  explain(colours: Palette, steps: readonly number[]): void {
    const { words } = this.options;
    this.legend.replaceChildren(...steps.map((from, i) => {
      const next = steps[i + 1];
      const range = next === undefined ? `≥ ${words.number(from)}` : from === next - 1 ? words.number(from) : `${words.number(from)} – ${words.number(next - 1)}`;
      const swatch = element('span', { class: 'map-swatch', 'aria-hidden': 'true' });
      swatch.style.backgroundColor = colours.ramp[i] ?? '';
      return element('li', {}, swatch, range);
    }));
  }
}

function check(label: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const input = element('input', { type: 'checkbox', checked: on });
  input.addEventListener('change', () => change(input.checked));
  return element('label', { class: 'check' }, input, label);
}
