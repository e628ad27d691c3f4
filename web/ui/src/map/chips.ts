// The filters in force, each a chip that takes it away. The server writes the same chips as links, so they work before and without
// the script; here they are written anew when the filter changes.
import { element } from '../element';
import type { Words } from '../words';
import { lastDay } from './histogram';
import { filterQuery, listFields, without, type Field, type Filter } from './state';

/** A chip: its words, and the filter that is left without it. */
export interface Chip {
  label: string;
  left: Filter;
}

/** The chips of a filter. A list has one for each value, the two days have one together. */
export function chipsOf(filter: Filter, words: Words, name: (field: Field, value: string) => string): Chip[] {
  const chips = listFields.flatMap((field) => (filter[field] ?? []).map((value) => ({ label: name(field, value), left: without(filter, field, value) })));
  const [from, to] = [filter.from?.[0], filter.to?.[0]];
  if (from !== undefined || to !== undefined) {
    chips.push({ label: periodOf(from, to, words), left: without(without(filter, 'from'), 'to') });
  }
  return chips;
}

/** A period in words. */
export function periodOf(from: string | undefined, to: string | undefined, words: Words): string {
  if (from !== undefined && to !== undefined) return words.say('filter.between', { from: words.date(from), to: words.date(lastDay(to)) });
  if (from !== undefined) return words.say('filter.since', { from: words.date(from) });
  return to === undefined ? words.say('time.all') : words.say('filter.until', { to: words.date(to) });
}

interface Options {
  box: HTMLElement;
  words: Words;
  name: (field: Field, value: string) => string;
  address: (filter: Filter) => string;
  take: (filter: Filter) => void;
}

export class Chips {
  private lefts: Filter[] = [];
  private print = '';

  constructor(private readonly options: Options) {
    options.box.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a') : null;
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const links = [...options.box.querySelectorAll('a')];
      const at = links.indexOf(link);
      const left = this.lefts[at] ?? {};
      options.take(left);
      // The focus goes to the chip that took the place, so that a keyboard is not thrown to the top of the page.
      const next = options.box.querySelectorAll('a');
      (next[Math.min(at, next.length - 1)] ?? document.querySelector<HTMLElement>('.filter-open'))?.focus();
    });
  }

  show(filter: Filter): void {
    const { box, words, name, address } = this.options;
    const chips = chipsOf(filter, words, name);
    this.lefts = [...chips.map((chip) => chip.left), {}];
    const print = JSON.stringify(chips);
    if (print === this.print) {
      // Only the place moved: the chips stay, and with them the focus.
      box.querySelectorAll('a').forEach((link, i) => (link.href = address(this.lefts[i] ?? {})));
      return;
    }
    this.print = print;
    const item = (className: string, left: Filter, ...content: (Node | string)[]) => element('li', {}, element('a', { class: className, href: address(left) }, ...content));
    box.replaceChildren(
      ...chips.map(({ label, left }) => item('chip', left, element('span', { class: 'sr' }, `${words.say('filter.remove')} `), label)),
      ...(filterQuery(filter) === '' ? [] : [item('chip-clear', {}, words.say('filter.clear'))]),
    );
  }
}
