// What the reader may show or hide on the map: hexagons, zones, spoken changes; and the legend of what is shown.
import { element } from '../element';
import type { Words } from '../words';
import type { Palette } from './colour';

interface Options {
  words: Words;
  rings: { open: string; closed: string } | undefined; // what the two parts of a ring are called
  hexagons: (on: boolean) => void;
  zones: ((on: boolean) => void) | undefined; // undefined: there are none to show
  live: (on: boolean) => void;
}

export class Choice {
  readonly box: HTMLElement;
  private readonly rings = element('ul', { class: 'map-legend' });
  private readonly classes = element('ul', { class: 'map-legend', hidden: true });

  constructor(private readonly options: Options) {
    const { words } = options;
    this.classes.setAttribute('aria-label', words.say('map.layers.legend'));
    this.rings.hidden = options.rings === undefined;
    this.box = element(
      'fieldset', { class: 'map-choice' }, element('legend', {}, words.say('map.layers')),
      this.rings,
      check(words.say('map.layers.hexagons'), false, (on) => {
        this.classes.hidden = !on;
        this.rings.hidden = on || options.rings === undefined;
        options.hexagons(on);
      }),
      this.classes,
      ...(options.zones ? [check(words.say('map.layers.zones'), true, options.zones)] : []),
      check(words.say('map.live'), true, options.live),
    );
  }

  /** Tells what the colours of rings and hexagons mean. */
  explain(colours: Palette, steps: readonly number[]): void {
    const { words, rings } = this.options;
    this.classes.replaceChildren(...steps.map((from, i) => {
      const next = steps[i + 1];
      const range = next === undefined ? `≥ ${words.number(from)}` : from === next - 1 ? words.number(from) : `${words.number(from)} – ${words.number(next - 1)}`;
      return entry(colours.ramp[i] ?? '', range);
    }));
    if (rings) this.rings.replaceChildren(entry(colours.state.new, rings.open), entry(colours.state.resolved, rings.closed));
  }
}

function entry(colour: string, text: string): HTMLElement {
  const swatch = element('span', { class: 'map-swatch', 'aria-hidden': 'true' });
  swatch.style.backgroundColor = colour;
  return element('li', {}, swatch, text);
}

function check(label: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const input = element('input', { type: 'checkbox', checked: on });
  input.addEventListener('change', () => change(input.checked));
  return element('label', { class: 'check' }, input, label);
}
