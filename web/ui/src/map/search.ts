// The search above the map: addresses, streets and zones, suggested while one types. Taking one flies there and leaves a mark; a
// zone also offers to show only what lies in it. What was not found is said below the field, for the eye too.
import { element } from '../element';
import { Combobox } from '../place/combobox';
import type { Found } from '../place/geocode';
import type { Words } from '../words';

interface Options {
  form: HTMLFormElement;
  words: Words;
  say: (sentence: string) => void;
  go: (found: Found | undefined) => void; // undefined: the mark is not wanted any more
  zone: (ref: string) => void;
}

export class Search {
  private readonly below = element('p', { class: 'search-offer', hidden: true });

  constructor(private readonly options: Options) {
    const { form, words, say } = options;
    const input = form.querySelector<HTMLInputElement>('input[name="q"]');
    if (!input) throw new Error('the search has no field');
    const box = new Combobox({
      input, id: 'search-suggestions', words,
      none: (query) => words.say('map.search.none', { query }),
      failed: words.say('map.search.failed'),
      say: (sentence, found) => {
        say(sentence);
        this.show(found ? undefined : sentence);
      },
      taken: (found) => this.take(found),
    });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void box.takeBest();
    });
    input.addEventListener('input', () => {
      if (input.value === '') this.take(undefined);
    });
    form.after(this.below);
  }

  private take(found: Found | undefined): void {
    const { words, go, zone } = this.options;
    go(found);
    const ref = found?.zone;
    if (ref === undefined || !found) return this.show(undefined);
    const only = element('button', { type: 'button', class: 'quiet' }, words.say('map.search.zone', { zone: found.label }));
    only.addEventListener('click', () => {
      zone(ref);
      this.show(undefined);
    });
    this.show(only);
  }

  private show(content: Node | string | undefined): void {
    this.below.hidden = content === undefined;
    this.below.replaceChildren(...(content === undefined ? [] : [content]));
  }
}
