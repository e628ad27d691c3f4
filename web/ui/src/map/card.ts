// The card of what was pressed: one report in short with the way to its page, or the several that lie on one spot. It lies over the
// list, beside the map. Which report is open stands in the address; the island opens and closes by it.
import { to } from '../base';
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
  home: () => void; // takes the focus where nothing had it before
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
  private print = ''; // of the report as it is shown; empty: it is not there yet
  private turns: { button: HTMLButtonElement; by: 1 | -1 }[] = [];

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

  /** The report that is shown, if it is one and not several, by its number. */
  get shown(): number | undefined {
    return this.id;
  }

  /** Shows one report. */
  async show(id: number): Promise<void> {
    const { words } = this.options;
    this.open(id, words.say('card.number', { id: String(id) }), element('div', { class: 'skeleton', 'aria-hidden': 'true' }), element('p', { class: 'sr' }, words.say('card.loading')));
    await this.read(id);
  }

  /** Reads the shown report again: somebody may have changed it. */
  async renew(): Promise<void> {
    if (this.id !== undefined) await this.read(this.id);
  }

  /** Says which ways there are to turn: the list may have come or changed. */
  tellTurns(): void {
    const { id } = this;
    if (id === undefined) return;
    for (const { button, by } of this.turns) {
      const held = button === document.activeElement;
      button.disabled = this.options.beside(id, by) === undefined;
      if (held && button.disabled) this.box.focus({ preventScroll: true });
    }
  }

  // One question at a time: a newer one makes the older one's answer unwanted.
  private async read(id: number): Promise<void> {
    const { words } = this.options;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const report = await fetchReport(id, asked.signal);
      if (!asked.signal.aborted) this.fill(report);
    } catch (cause) {
      if (asked.signal.aborted || this.print !== '') return; // what is shown stands; the next change tries again
      const gone = cause instanceof Refusal && cause.status === 404;
      this.body(element('p', {}, words.say(gone ? 'card.missing' : 'card.resting')), ...(gone ? [] : [this.way(id)]));
    }
  }

  /** Shows what lies on one spot. */
  showMany(items: Item[]): void {
    const { words, badges, category, open } = this.options;
    const rows = items.slice(0, most).map((item) => {
      const link = element('a', { href: to(`/reports/${item.id}`) }, this.describe(item));
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        open(item.id);
      });
      return element('li', { class: 'map-row', title: category(item.category) }, badges.of(item.category), element('span', { class: 'map-row-text' }, link, pill(item.status, this.status(item.status))));
    });
    const more = items.length > most ? [element('p', {}, element('a', { href: this.options.list() }, words.say('map.here.list')))] : [];
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
    if (!within) return;
    if (this.before instanceof HTMLElement) this.before.focus({ preventScroll: true });
    if (this.before === document.body || document.activeElement !== this.before) this.options.home();
  }

  /** An item in words: category, state, number. */
  private describe(item: Item): string {
    const { words, category } = this.options;
    return words.say('map.item', { category: category(item.category), status: this.status(item.status), id: String(item.id) });
  }

  private status(name: string): string {
    return this.options.statuses.find((status) => status.name === name)?.label ?? name;
  }

  private fill(report: Report): void {
    const { words, category, badges, placed } = this.options;
    const print = JSON.stringify(report);
    if (report.id !== this.id || print === this.print) return;
    if (this.print === '') placed(report);
    this.print = print;
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
    return element('p', {}, element('a', { class: 'button', href: to(`/reports/${id}`) }, this.options.words.say('card.read')));
  }

  private open(id: number | undefined, title: string, ...content: Node[]): void {
    const { words, close, beside, turn } = this.options;
    this.asked?.abort();
    if (this.box.hidden) this.before = document.activeElement;
    const turned = this.turns.find(({ button }) => button === document.activeElement)?.by;
    this.id = id;
    this.print = '';
    const back = element('button', { type: 'button', class: 'quiet map-card-close' }, element('span', { 'aria-hidden': 'true' }, '←'), words.say('card.back'));
    back.addEventListener('click', close);
    this.turns = id === undefined ? [] : ([[-1, '‹', 'card.previous'], [1, '›', 'card.next']] as const).map(([by, sign, word]) => {
      const button = element('button', { type: 'button', class: 'quiet round', 'aria-label': words.say(word), 'aria-describedby': 'map-card-title' }, sign);
      button.addEventListener('click', () => {
        const to = beside(id, by);
        if (to !== undefined) turn(to);
      });
      return { button, by };
    });
    this.box.replaceChildren(
      element('div', { class: 'map-card-head' }, back, element('span', { class: 'map-card-turns' }, ...this.turns.map(({ button }) => button))),
      element('h2', { id: 'map-card-title' }, title),
      element('div', { class: 'map-card-body' }, ...content),
    );
    this.box.hidden = false;
    this.tellTurns();
    // Who turns keeps the button that turns.
    const kept = this.turns.find(({ button, by }) => by === turned && !button.disabled)?.button;
    (kept ?? this.box).focus({ preventScroll: true });
  }

  private title(text: string): void {
    const title = this.box.querySelector('h2');
    if (title) title.textContent = text;
  }

  // The way to the report's page is all that can have the focus in it; whoever is there stays there.
  private body(...content: Node[]): void {
    const body = this.box.querySelector('.map-card-body');
    const held = body?.contains(document.activeElement);
    body?.replaceChildren(...content);
    if (held) (body?.querySelector('a') ?? this.box).focus({ preventScroll: true });
  }
}
