// The card of what was pressed: one report in short with the way to its page, or the several that lie on one spot.
import { element } from '../element';
import type { Words } from '../words';
import type { Status } from './config';
import type { Item } from './sight';

/** A report as the API tells it, as far as the card shows it. */
interface Report {
  id: number;
  title?: string;
  status?: string;
  category?: string;
  address?: string;
  created_at?: string;
}

interface Options {
  words: Words;
  statuses: Status[];
  category: (slug: string) => string; // its name in the page's language
  list: () => string; // address of the list with the same filters
}

const most = 50;

export class Card {
  readonly box = element('section', { class: 'map-card', role: 'dialog', 'aria-labelledby': 'map-card-title', tabindex: -1, hidden: true });
  private before: Element | null = null; // what had the focus
  private asked: AbortController | undefined;

  constructor(private readonly options: Options) {
    this.box.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  /** Shows one report. */
  async show(item: Pick<Item, 'id'>): Promise<void> {
    const { words } = this.options;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.open(words.say('card.number', { id: String(item.id) }), element('p', { class: 'muted' }, words.say('card.loading')));
    try {
      const answer = await fetch(`/api/v1/reports/${item.id}`, { signal: asked.signal, headers: { Accept: 'application/json' } });
      if (answer.ok) this.fill((await answer.json()) as Report);
      else this.body(element('p', {}, words.say(answer.status === 404 ? 'card.missing' : 'card.resting')));
    } catch {
      if (!asked.signal.aborted) this.body(element('p', {}, words.say('card.resting')), this.way(item.id));
    }
  }

  /** Shows what lies on one spot. */
  showMany(items: Item[]): void {
    const { words } = this.options;
    const rows = items.slice(0, most).map((item) =>
      element('li', { class: `map-row status-${item.status}` }, element('a', { href: `/reports/${item.id}` }, this.describe(item))));
    const more = items.length > most ? [element('p', {}, element('a', { href: this.options.list() }, words.say('map.here.list')))] : [];
    this.open(words.count('map.here', items.length), element('ul', { class: 'map-rows' }, ...rows), ...more);
  }

  /** Closes the card; the focus goes back where it was. */
  close(): void {
    if (this.box.hidden) return;
    this.asked?.abort();
    const within = this.box.contains(document.activeElement);
    this.box.hidden = true;
    this.box.replaceChildren();
    if (within && this.before instanceof HTMLElement) this.before.focus();
  }

  /** An item in words: category, state, number. */
  describe(item: Item): string {
    const { words, category } = this.options;
    return words.say('map.item', { category: category(item.category), status: this.status(item.status), id: String(item.id) });
  }

  private status(name: string): string {
    return this.options.statuses.find((status) => status.name === name)?.label ?? name;
  }

  private fill(report: Report): void {
    const { words, category } = this.options;
    const status = report.status ?? '';
    const meta = element('p', { class: 'meta' }, element('span', { class: `status status-${status}` }, this.status(status)));
    if (report.created_at !== undefined) meta.append(element('time', { datetime: report.created_at }, words.date(report.created_at)));
    const kind = report.category === undefined ? '' : category(report.category);
    const lines = [report.title, kind, words.say('card.number', { id: String(report.id) }), report.address];
    const [title = '', ...rest] = new Set(lines.filter((line) => line !== undefined && line !== '')); // imported titles often are the category's name
    this.title(title);
    this.body(
      meta,
      ...rest.map((line) => element('p', {}, line ?? '')),
      this.way(report.id),
    );
  }

  private way(id: number): HTMLElement {
    return element('p', {}, element('a', { class: 'button', href: `/reports/${id}` }, this.options.words.say('card.read')));
  }

  private open(title: string, ...content: Node[]): void {
    if (this.box.hidden) this.before = document.activeElement;
    const close = element('button', { type: 'button', class: 'quiet map-card-close', 'aria-label': this.options.words.say('card.close') }, '✕');
    close.addEventListener('click', () => this.close());
    this.box.replaceChildren(element('h2', { id: 'map-card-title' }, title), close, element('div', { class: 'map-card-body' }, ...content));
    this.box.hidden = false;
    this.box.focus();
  }

  private title(text: string): void {
    const title = this.box.querySelector('h2');
    if (title) title.textContent = text;
  }

  private body(...content: Node[]): void {
    this.box.querySelector('.map-card-body')?.replaceChildren(...content);
  }
}
