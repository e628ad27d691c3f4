// The filters in a dialog: the server's form, taken out of its fold, beside the map on a desk and over all of a telephone's screen.
// A change takes effect at once, and the button below says how much is left to see.
import { element } from '../element';
import type { Words } from '../words';
import { Picker } from './picker';
import type { Filter } from './state';

interface Options {
  form: HTMLFormElement;
  words: Words;
  changed: (again: boolean) => void; // again: the same day as just before, of which somebody still types the rest
}

const earliest = '1900'; // a year before it is the beginning of a year that is being typed

export class FilterDialog {
  private readonly box: HTMLDialogElement;
  private readonly opener: HTMLButtonElement;
  private readonly tally = element('span', { class: 'tally', hidden: true });
  private readonly show: HTMLButtonElement | null;
  private readonly pickers: Picker[];
  private readonly category: Picker | undefined;
  private typed: EventTarget | null = null; // the day that the last change was of

  constructor(private readonly options: Options) {
    const { form, words } = options;
    const fold = form.closest('details');
    this.opener = element('button', { type: 'button', class: 'filter-open quiet', 'aria-haspopup': 'dialog' }, element('span', { class: 'filter-word' }, words.say('filter.title')), this.tally);
    fold?.replaceWith(this.opener);
    const title = element('h2', { id: 'filter-title' }, words.say('filter.title'));
    const close = element('button', { type: 'button', class: 'quiet round', 'aria-label': words.say('filter.close') }, '✕');
    this.box = element('dialog', { class: 'filter-dialog', 'aria-labelledby': title.id }, element('div', { class: 'filter-head' }, title, close), form);
    this.opener.after(this.box);
    this.opener.addEventListener('click', () => this.box.showModal());
    close.addEventListener('click', () => this.box.close());
    this.box.addEventListener('click', (event) => {
      if (event.target === this.box) this.box.close(); // a press beside it
    });

    this.category = this.pick('category', words.say('filter.all_categories'));
    const zone = this.pick('zone', words.say('filter.all_zones'));
    this.pickers = [this.category, zone].filter((picker) => picker !== undefined);
    this.show = form.querySelector<HTMLButtonElement>('.filter-foot button');
    form.addEventListener('change', (event) => {
      const { target } = event;
      if (target instanceof HTMLInputElement && target.type === 'date') return this.type(target);
      if (target instanceof HTMLInputElement && target.name === 'status') this.oneWay(target);
      options.changed(false);
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      options.changed(false);
      this.box.close();
    });
    form.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-from]') : null;
      if (!link) return;
      event.preventDefault();
      this.set('from', link.dataset.from ?? '');
      this.set('to', '');
      options.changed(false);
    });
  }

  /** Says what the form says now, and how many filters are on. */
  read(filter: Filter): void {
    this.typed = null;
    for (const picker of this.pickers) picker.read();
    for (const link of this.options.form.querySelectorAll<HTMLAnchorElement>('a[data-from]')) {
      if (filter.from?.[0] === link.dataset.from && filter.to === undefined) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
    const on = Object.values(filter).reduce((sum, values) => sum + values.length, 0) - (filter.from && filter.to ? 1 : 0);
    this.tally.textContent = this.options.words.number(on);
    this.tally.hidden = on === 0;
  }

  /** Says how many there are to see. */
  count(total: number): void {
    if (this.show) this.show.textContent = this.options.words.count('filter.show', total);
  }

  /** Puts the categories' icons before their names. */
  dress(badge: (value: string) => Element | undefined): void {
    this.category?.dress(badge);
  }

  private pick(name: string, none: string): Picker | undefined {
    const select = this.options.form.elements.namedItem(name);
    return select instanceof HTMLSelectElement ? new Picker({ select, words: this.options.words, none }) : undefined;
  }

  private set(name: string, value: string): void {
    const control = this.options.form.elements.namedItem(name);
    if (control instanceof HTMLInputElement) control.value = value;
  }

  // A day changes with every digit that is typed: all of them together are one step.
  private type(day: HTMLInputElement): void {
    if (day.validity.badInput || (day.value !== '' && day.value < earliest)) return;
    this.options.changed(day === this.typed);
    this.typed = day; // after `read`, which forgets it
  }

  // "Open" stands for all open states: with it single ones say nothing, and the other way round.
  private oneWay(pressed: HTMLInputElement): void {
    if (!pressed.checked) return;
    const whole = (input: HTMLInputElement) => input.value === 'open' || input.value === 'closed';
    for (const input of this.options.form.querySelectorAll<HTMLInputElement>('input[name="status"]')) {
      if (whole(input) !== whole(pressed)) input.checked = false;
    }
  }
}
