// What the reader may show or hide on the map, and the legend of what is shown: rings or hexagons, the borders of one zone set,
// spoken changes of others. A small control at the lower right that opens upwards.
import { element } from '../element';
import type { Words } from '../words';
import type { Palette } from './colour';
import type { Status, ZoneSet } from './config';
import { groups } from './icon';

interface Options {
  words: Words;
  statuses: Status[];
  sets: ZoneSet[];
  hexagons: (on: boolean) => void;
  outline: (set: string | undefined) => void;
  live: (on: boolean) => void;
}

export class Choice {
  readonly box: HTMLDetailsElement;
  private readonly rings = element('ul', { class: 'map-legend two' });
  private readonly classes = element('ul', { class: 'map-legend' });
  private readonly ringPart: HTMLElement;
  private readonly classPart: HTMLElement;
  private readonly shapes: Record<'rings' | 'hexagons', HTMLInputElement>;
  private readonly sets: HTMLSelectElement;

  constructor(private readonly options: Options) {
    const { words } = options;
    this.shapes = { rings: radio('rings', (on) => on && options.hexagons(false)), hexagons: radio('hexagons', (on) => on && options.hexagons(true)) };
    this.sets = element('select', { id: 'map-outline' }, element('option', { value: 'none' }, words.say('map.layers.zones.none')),
      ...options.sets.map(({ set, label }) => element('option', { value: set }, label)));
    this.sets.addEventListener('change', () => options.outline(this.sets.value === 'none' ? undefined : this.sets.value));
    // Places where nothing was ever moved to need no word: they are drawn as withdrawn ones are.
    const states = options.statuses.filter(({ name }) => name !== 'pending').map(({ name, label }) => element('li', {}, element('span', { class: `status-${name}` }, label)));
    this.ringPart = element('div', {}, element('p', {}, words.say('map.legend.ring')), this.rings,
      element('details', {}, element('summary', {}, words.say('map.legend.states')), element('ul', { class: 'map-legend two' }, ...states)));
    this.classPart = element('div', {}, element('p', { class: 'map-legend-title' }, words.say('map.layers.legend')), this.classes);
    const live = element('input', { type: 'checkbox', checked: true });
    live.addEventListener('change', () => options.live(live.checked));
    this.box = element('details', { class: 'map-choice' },
      element('summary', {}, words.say('map.legend')),
      element('div', { class: 'map-choice-body' },
        element('fieldset', { class: 'map-shapes' }, element('legend', {}, words.say('map.layers')),
          element('label', { class: 'pill' }, this.shapes.rings, element('span', {}, words.say('map.layers.rings'))),
          element('label', { class: 'pill' }, this.shapes.hexagons, element('span', {}, words.say('map.layers.hexagons')))),
        ...(options.sets.length > 0 ? [element('div', { class: 'field' }, element('label', { for: this.sets.id }, words.say('map.layers.zones')), this.sets)] : []),
        element('label', { class: 'check' }, live, words.say('map.live')),
        this.ringPart, this.classPart));
    this.box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.box.open) return;
      this.box.open = false;
      this.box.querySelector('summary')?.focus();
    });
  }

  /** Shows what is chosen in the address. */
  follow(hexagons: boolean, outline: string | undefined): void {
    this.shapes[hexagons ? 'hexagons' : 'rings'].checked = true;
    this.sets.value = outline ?? 'none';
    this.ringPart.hidden = hexagons;
    this.classPart.hidden = !hexagons;
  }

  /** Tells what the colours of rings and hexagons mean. */
  explain(colours: Palette, steps: readonly number[]): void {
    const { words } = this.options;
    this.classes.replaceChildren(...steps.map((from, i) => {
      const next = steps[i + 1];
      const range = next === undefined ? `≥ ${words.number(from)}` : from === next - 1 ? words.number(from) : `${words.number(from)} – ${words.number(next - 1)}`;
      return entry(colours.ramp[i] ?? '', range);
    }));
    this.rings.replaceChildren(...groups.map(({ state, word }) => entry(colours.state[state], words.say(word))));
  }
}

function entry(colour: string, text: string): HTMLElement {
  const swatch = element('span', { class: 'map-swatch', 'aria-hidden': 'true' });
  swatch.style.backgroundColor = colour;
  return element('li', {}, swatch, text);
}

function radio(value: string, change: (on: boolean) => void): HTMLInputElement {
  const input = element('input', { type: 'radio', name: 'map-shape', value });
  input.addEventListener('change', () => change(input.checked));
  return input;
}
