// The address field with suggestions, after the ARIA pattern "editable combobox with list autocomplete": the focus stays in the field, the
// arrow keys choose, Enter takes, Escape closes. Without script it is a plain field and the server looks the address up.
import { element } from '../element';
import type { Words } from '../words';
import { geocode, type Found } from './geocode';

const pause = 250; // ms of no typing before the server is asked
const least = 3; // characters

interface Options {
  input: HTMLInputElement;
  id: string; // of the list of suggestions
  words: Words;
  none: (query: string) => string; // the sentence when nothing was found
  failed: string; // and when nothing could be asked
  say: (sentence: string, found: boolean) => void; // what came of the search
  taken: (found: Found) => void;
}

export class Combobox {
  private readonly list: HTMLUListElement;
  private found: Found[] = []; // what the list shows
  private answered = ''; // the query that they answer
  private at = -1;
  private timer: number | undefined;
  private asked: AbortController | undefined;

  constructor(private readonly options: Options) {
    const { input, words } = options;
    this.list = element('ul', { role: 'listbox', id: options.id, 'aria-label': words.say('place.suggestions'), hidden: true });
    const frame = element('div', { class: 'combobox' });
    input.replaceWith(frame);
    frame.append(input, this.list);
    input.removeAttribute('list');
    for (const [name, value] of Object.entries({
      role: 'combobox', autocomplete: 'off', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': this.list.id,
    })) input.setAttribute(name, value);
    input.addEventListener('input', () => this.wait());
    input.addEventListener('keydown', (event) => this.press(event));
    input.addEventListener('blur', () => this.close());
    this.list.addEventListener('pointerdown', (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role="option"]') : null;
      if (option) this.take([...this.list.children].indexOf(option));
    });
  }

  /** Takes the chosen suggestion, or the first; asks at once when none has come yet. */
  async takeBest(): Promise<void> {
    if (this.at >= 0) return this.take(this.at);
    const query = this.query;
    if (query === '') return;
    if (query !== this.answered) await this.ask(query);
    if (query === this.answered) this.take(0);
  }

  private get query(): string {
    return this.options.input.value.trim();
  }

  // What is listed stays in sight until something newer comes, but it is not what Enter takes any more.
  private wait(): void {
    this.forget();
    this.choose(-1);
    const { query } = this;
    if (query.length < least) return this.close();
    this.timer = window.setTimeout(() => void this.ask(query), pause);
  }

  // An answer that is on its way is not wanted any more.
  private forget(): void {
    window.clearTimeout(this.timer);
    this.asked?.abort();
    this.answered = '';
  }

  private async ask(query: string): Promise<void> {
    const { words, say, input } = this.options;
    this.forget();
    const asked = (this.asked = new AbortController());
    try {
      const found = await geocode(query, asked.signal);
      if (asked.signal.aborted) return;
      [this.found, this.answered] = [found, query];
    } catch {
      if (asked.signal.aborted) return;
      this.close();
      return say(this.options.failed, false);
    }
    if (document.activeElement === input) this.open();
    say(this.found.length === 0 ? this.options.none(query) : words.count('place.found', this.found.length), this.found.length > 0);
  }

  private open(): void {
    this.list.replaceChildren(...this.found.map((found, i) =>
      element('li', { role: 'option', id: `${this.options.id}-${i}`, 'aria-selected': 'false' }, found.label)));
    this.list.hidden = this.found.length === 0;
    this.options.input.setAttribute('aria-expanded', String(this.found.length > 0));
    this.choose(-1);
  }

  private close(): void {
    this.forget();
    this.found = [];
    this.open();
  }

  private choose(at: number): void {
    this.at = at;
    [...this.list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    const chosen = this.list.children[at];
    if (chosen) {
      this.options.input.setAttribute('aria-activedescendant', chosen.id);
      chosen.scrollIntoView({ block: 'nearest' });
    } else this.options.input.removeAttribute('aria-activedescendant');
  }

  private press(event: KeyboardEvent): void {
    if (this.list.hidden) return;
    const last = this.found.length - 1;
    if (event.key === 'ArrowDown') this.choose(this.at >= last ? 0 : this.at + 1);
    else if (event.key === 'ArrowUp') this.choose(this.at <= 0 ? last : this.at - 1);
    else if (event.key === 'Enter' && this.at >= 0) this.take(this.at);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
  }

  private take(at: number): void {
    const found = this.found[at];
    if (!found) return;
    this.options.input.value = found.label;
    this.close();
    this.options.taken(found);
  }
}
