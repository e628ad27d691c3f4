// A long select as a list of check boxes with a search above it, so that several may be chosen without a held key. The select
// stays in the form, unseen: it holds the choice, and the list writes into it.
import { element } from '../element';
import type { Words } from '../words';
import { fold } from './fold';

interface Options {
  select: HTMLSelectElement;
  words: Words;
  none: string; // what it means to choose nothing
}

export class Picker {
  private readonly rows: { option: HTMLOptionElement; row: HTMLElement; input: HTMLInputElement; text: string }[] = [];
  private readonly told = element('span', { class: 'muted' });

  constructor(private readonly options: Options) {
    const { select, words } = options;
    const values = [...select.selectedOptions].map((option) => option.value);
    select.multiple = true;
    select.querySelector('option[value=""]')?.remove();
    for (const option of select.options) option.selected = values.includes(option.value);

    const label = select.labels[0]?.textContent ?? '';
    const list = element('div', { class: 'picker-list', role: 'group', 'aria-label': label });
    let group: Element | null = null;
    for (const option of select.options) {
      const above = option.parentElement instanceof HTMLOptGroupElement ? option.parentElement : null;
      if (above && above !== group) list.append(element('p', { class: 'picker-group' }, above.label));
      group = above;
      list.append(this.row(option));
    }
    const search = element('input', { type: 'search', class: 'picker-search', 'aria-label': words.say('filter.search_in', { field: label }), placeholder: words.say('filter.search') });
    search.addEventListener('input', () => this.search(search.value));
    // Enter must not send the form that this stands in.
    search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') event.preventDefault();
    });
    const summary = element('summary', {}, element('span', {}, label), this.told);
    const fold = element('details', { class: 'picker' }, summary, ...(select.options.length > 12 ? [search] : []), list);
    select.hidden = true;
    for (const one of select.labels) one.hidden = true;
    select.after(fold);
    this.read();
  }

  /** Makes the boxes say what the select says. */
  read(): void {
    for (const { option, input } of this.rows) input.checked = option.selected;
    const chosen = this.rows.filter(({ option }) => option.selected);
    const [only] = chosen;
    this.told.textContent = chosen.length > 1 ? this.options.words.count('filter.chosen', chosen.length) : (only?.option.text.trim() ?? this.options.none);
  }

  /** Puts a badge before each row, when there are some to show. */
  dress(badge: (value: string) => Element | undefined): void {
    for (const { option, row, input } of this.rows) {
      row.querySelector('.badge')?.remove();
      const made = badge(option.value);
      if (made) input.after(made);
    }
  }

  private row(option: HTMLOptionElement): HTMLElement {
    const input = element('input', { type: 'checkbox' });
    const below = option.text.startsWith('\u2003');
    const row = element('label', { class: below ? 'check below' : 'check' }, input, element('span', {}, option.text.trim()));
    input.addEventListener('change', () => {
      option.selected = input.checked;
      this.read();
      this.options.select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    this.rows.push({ option, row, input, text: fold(option.text) });
    return row;
  }

  private search(text: string): void {
    const words = fold(text).split(' ').filter((word) => word !== '');
    for (const { row, text, input } of this.rows) row.hidden = !input.checked && !words.every((word) => text.includes(word));
  }
}
