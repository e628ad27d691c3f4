// The card of what was pressed: one report in short with the way to its page, or the several that lie on one spot. It lies over the
// list, beside the map. Which report is open stands in the address; the island opens and closes by it.
import { element } from '../element';
import type { Words } from '../words';
import { pill, type Badges } from './badge';
import type { Status } from './config';
import { fetchReport, Refusal, type Report } from './report';
import type { Item } from './sight';

interface Options {
  words: Words;
  statuses: Status[];
  badges: Badges;
  category: (slug: string) => string; // its name in the page's language
  list: () => string; // address of the list with the same filters
  open: (id: number) => void; // one of several
  beside: (id: number, by: 1 | -1) => number | undefined; // its neighbour in the list
  turn: (id: number) => void; // go to a neighbour
  close: () => void;
  placed: (report: Report) => void; // its place is known now
}

const most = 50;
const excerpt = 280; // characters of a report's text

export class Card {
  readonly box = element('section', { class: 'map-card', role: 'dialog', 'aria-labelledby': 'map-card-title', tabindex: -1, hidden: true });
  private before: Element | null = null; // what had the focus
  private asked: AbortController | undefined;
  private id: number | undefined;
  private print = ''; // of the report as it is shown

  constructor(private readonly options: Options) {
    this.box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      options.close();
    });
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  /** The report that is shown, if it is one, by its number. */
  get shown(): number | undefined {
    return this.id;
  }

  /** Shows one report. */
  async show(id: number): Promise<void> {
    const { words } = this.options;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.open(id, words.say('card.number', { id: String(id) }), element('div', { class: 'skeleton', 'aria-hidden': 'true' }), element('p', { class: 'sr' }, words.say('card.loading')));
    try {
      this.fill(await fetchReport(id, asked.signal));
    } catch (cause) {
      if (asked.signal.aborted) return;
      const gone = cause instanceof Refusal && cause.status === 404;
      this.body(element('p', {}, words.say(gone ? 'card.missing' : 'card.resting')), ...(gone ? [] : [this.way(id)]));
    }
  }

  /** Reads the shown report again: somebody may have changed it. */
  async renew(): Promise<void> {
    if (this.id === undefined || !this.isOpen) return;
    const asked = (this.asked = new AbortController());
    try {
      const report = await fetchReport(this.id, asked.signal);
      if (JSON.stringify(report) !== this.print) this.fill(report, false);
    } catch {
      // What is shown stands; the next change tries again.
    }
  }

  /** Shows what lies on one spot. */
  showMany(items: Item[]): void {
    const { words, badges, category, open } = this.options;
    const rows = items.slice(0, most).map((item) => {
      const link = element('a', { href: `/reports/${item.id}` }, this.describe(item));
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        open(item.id);
      });
      return element('li', { class: 'map-row', title: category(item.category) }, badges.of(item.category), element('span', { class: 'map-row-text' }, link, pill(item.status, this.status(item.status))));
    });
    const more = items.length > most ? [element('p', {}, element('a', { href: this.options.list() }, words.say('map.here.list')))] : [];
    this.asked?.abort();
    this.open(undefined, words.count('map.here', items.length), element('ul', { class: 'map-rows' }, ...rows), ...more);
  }

  /** Closes the card; the focus goes back where it was. */
  close(): void {
    if (this.box.hidden) return;
    this.asked?.abort();
    const within = this.box.contains(document.activeElement);
    this.box.hidden = true;
    this.box.replaceChildren();
    this.id = undefined;
    if (within && this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
  }

  /** An item in words: category, state, number. */
  private describe(item: Item): string {
    const { words, category } = this.options;
    return words.say('map.item', { category: category(item.category), status: this.status(item.status), id: String(item.id) });
  }

  private status(name: string): string {
    return this.options.statuses.find((status) => status.name === name)?.label ?? name;
  }

  private fill(report: Report, first = true): void {
    const { words, category, badges, placed } = this.options;
    this.print = JSON.stringify(report);
    if (first) placed(report);
    const kind = category(report.category);
    this.title(report.title === '' ? kind : report.title);
    const when = (word: 'card.filed' | 'card.updated', iso: string) => {
      const time = element('time', { datetime: iso, title: words.date(iso) }, words.say(word, { when: words.ago(iso) }));
      return element('span', {}, time);
    };
    const moved = report.updated !== '' && report.updated !== report.created;
    const text = report.description.length > excerpt ? `${report.description.slice(0, excerpt).trimEnd()}…` : report.description;
    this.body(
      element('div', { class: 'map-card-kind' }, badges.of(report.category), element('span', {}, kind === report.title ? '' : kind), pill(report.status, this.status(report.status))),
      ...(report.address === '' ? [] : [element('p', { class: 'map-card-address' }, report.address)]),
      ...(text === '' ? [] : [element('p', { class: 'map-card-text' }, text)]),
      element('p', { class: 'meta' },
        when('card.filed', report.created), ...(moved ? [when('card.updated', report.updated)] : []),
        ...(report.supports > 0 ? [element('span', {}, words.count('map.supports', report.supports))] : []),
        element('span', {}, words.say('card.number', { id: String(report.id) }))),
      this.way(report.id),
    );
  }

  private way(id: number): HTMLElement {
    return element('p', {}, element('a', { class: 'button', href: `/reports/${id}` }, this.options.words.say('card.read')));
  }

  private open(id: number | undefined, title: string, ...content: Node[]): void {
    const { words, close, beside, turn } = this.options;
    if (this.box.hidden) this.before = document.activeElement;
    this.id = id;
    const back = element('button', { type: 'button', class: 'quiet map-card-close' }, element('span', { 'aria-hidden': 'true' }, '←'), words.say('card.back'));
    back.addEventListener('click', close);
    const turns = id === undefined ? [] : ([[-1, '‹', 'card.previous'], [1, '›', 'card.next']] as const).map(([by, sign, word]) => {
      const to = beside(id, by);
      const made = element('button', { type: 'button', class: 'quiet round', 'aria-label': words.say(word), disabled: to === undefined }, sign);
      made.addEventListener('click', () => to !== undefined && turn(to));
      return made;
    });
    this.box.replaceChildren(
      element('div', { class: 'map-card-head' }, back, element('span', { class: 'map-card-turns' }, ...turns)),
      element('h2', { id: 'map-card-title' }, title),
      element('div', { class: 'map-card-body' }, ...content),
    );
    this.box.hidden = false;
    this.box.focus({ preventScroll: true });
  }

  private title(text: string): void {
    const title = this.box.querySelector('h2');
    if (title) title.textContent = text;
  }

  private body(...content: Node[]): void {
    this.box.querySelector('.map-card-body')?.replaceChildren(...content);
  }
}
