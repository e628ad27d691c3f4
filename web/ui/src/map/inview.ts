// The list of what is in view: the same reports as the list's page has, newest first, asked of the database; while it rests, what
// the tiles say. Pointing at a row lights its place on the map, or the cluster that holds it, and the other way round.
import { element } from '../element';
import type { Words } from '../words';
import { pill, type Badges } from './badge';
import { parent, resolution } from './cell';
import type { Status } from './config';
import { Listbox, most, type Row } from './listbox';
import type { Lit } from './picture';
import { fetchReports, type Report } from './report';
import type { Item, Sight } from './sight';

interface Options {
  words: Words;
  statuses: Status[];
  badges: Badges;
  category: (slug: string) => string;
  sight: () => Sight; // what is drawn now
  zoom: () => number;
  light: (at: Lit | undefined) => void;
  listed: () => void; // the rows are others now
  open: (id: number) => void;
  approach: (to: { lat: number; lon: number }) => void;
  back: () => void;
  filtered: () => boolean;
  clear: () => void;
  wider: () => void;
}

/** A row's thing: a report as the database or only the tiles know it, or a cluster. */
type Entry = { report: Report } | { item: Item } | { cell: string; lat: number; lon: number; count: number };

export class InView {
  readonly list: Listbox;
  private readonly note = element('p', { class: 'map-note', hidden: true });
  private readonly empty = element('div', { class: 'map-empty', hidden: true });
  private entries = new Map<string, Entry>();
  private asked: AbortController | undefined;
  private resting = false;
  private filled = false;

  constructor(private readonly body: HTMLElement, private readonly options: Options) {
    const { words } = options;
    this.list = new Listbox({
      label: words.say('map.items'),
      act: (key) => this.act(key),
      point: (key) => options.light(key === undefined ? undefined : this.where(key)),
      back: options.back,
    });
    this.body.prepend(this.note, this.list.list, this.empty);
  }

  /** Asks for the rows of a view. With `live`, what is new among them is marked. */
  async ask(query: string, live: boolean): Promise<void> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    this.list.list.setAttribute('aria-busy', 'true');
    try {
      const reports = await fetchReports(query, most, asked.signal);
      this.resting = false;
      this.show(new Map(reports.map((report) => [`i${report.id}`, { report }])), live);
    } catch {
      if (asked.signal.aborted) return;
      this.resting = true;
      this.drawn();
    }
    this.list.list.removeAttribute('aria-busy');
  }

  /** The picture is drawn anew: while the database rests, its content is the list. */
  drawn(): void {
    if (!this.resting) return;
    const { items, clusters } = this.options.sight();
    this.show(new Map<string, Entry>([
      ...items.map((item): [string, Entry] => [`i${item.id}`, { item }]),
      ...clusters.map((cluster): [string, Entry] => [`c${cluster.cell}`, cluster]),
    ]), false);
  }

  /** Lights the rows of what is pointed at on the map. */
  lightRows(hit: Sight, seen: boolean): void {
    const at = resolution(this.options.zoom());
    const cells = new Set(hit.clusters.map((cluster) => cluster.cell));
    const ids = new Set(hit.items.map((item) => item.id));
    const keys = [...this.entries].filter(([key, entry]) => {
      if ('report' in entry) return ids.has(entry.report.id) || cells.has(parent(entry.report.cell, at) ?? '');
      return 'item' in entry ? ids.has(entry.item.id) : cells.has(key.slice(1));
    }).map(([key]) => key);
    this.list.light(new Set(keys), seen);
  }

  /** The report before or after one in the list. */
  beside(id: number, by: 1 | -1): number | undefined {
    const key = this.list.beside(`i${id}`, by);
    return key?.startsWith('i') ? Number(key.slice(1)) : undefined;
  }

  private show(entries: Map<string, Entry>, live: boolean): void {
    this.entries = entries;
    this.body.querySelector('.skeletons')?.remove();
    this.note.hidden = !this.resting;
    this.note.textContent = this.options.words.say('map.resting');
    this.list.show([...entries].map(([key, entry]) => this.row(key, entry)), live && this.filled);
    this.filled = true;
    this.showEmpty(entries.size === 0);
    this.options.listed();
  }

  // That there is nothing is said above (count.ts); here is what may be done about it.
  private showEmpty(empty: boolean): void {
    this.empty.hidden = !empty;
    if (!empty) return this.empty.replaceChildren();
    const { words, filtered, clear, wider } = this.options;
    const button = (word: 'map.empty.clear' | 'map.empty.wider', run: () => void) => {
      const made = element('button', { type: 'button', class: 'quiet' }, words.say(word));
      made.addEventListener('click', run);
      return made;
    };
    this.empty.replaceChildren(
      ...(filtered() ? [button('map.empty.clear', clear)] : []),
      button('map.empty.wider', wider),
    );
  }

  private row(key: string, entry: Entry): Row {
    const { words, badges, category } = this.options;
    if ('cell' in entry) {
      const text = words.count('map.cluster', entry.count);
      return { key, print: text, draw: () => [element('span', { class: 'map-ring', 'aria-hidden': 'true' }), element('span', { class: 'map-row-text' }, text)] };
    }
    const of = 'report' in entry ? entry.report : entry.item;
    const status = this.options.statuses.find((one) => one.name === of.status)?.label ?? of.status;
    const report = 'report' in entry ? entry.report : undefined;
    const title = report && report.title !== '' ? report.title : category(of.category);
    const facts: (Node | string)[] = [pill(of.status, status)];
    if (report) {
      facts.push(element('time', { datetime: report.created, title: words.date(report.created) }, words.ago(report.created)));
      if (report.supports > 0) facts.push(element('span', { class: 'supports' }, words.count('map.supports', report.supports)));
    } else facts.push(element('span', {}, words.say('card.number', { id: String(of.id) })));
    const address = report?.address ?? '';
    return {
      key, print: [title, of.status, address, badges.ready, report?.supports ?? '', report ? words.ago(report.created) : ''].join('|'),
      draw: () => [
        badges.of(of.category),
        element('span', { class: 'map-row-text' },
          element('strong', {}, title),
          ...(address === '' ? [] : [element('span', { class: 'map-row-address' }, address)]),
          element('span', { class: 'meta' }, ...facts)),
      ],
    };
  }

  private act(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    if ('cell' in entry) this.options.approach(entry);
    else this.options.open('report' in entry ? entry.report.id : entry.item.id);
  }

  private where(key: string): Lit | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if ('cell' in entry) return { lat: entry.lat, lon: entry.lon, radius: radius(entry.count) };
    return this.spot('report' in entry ? entry.report : { ...entry.item, cell: '' });
  }

  /** Where what is pointed at on the map is drawn. */
  under({ items: [item], clusters: [cluster] }: Sight): Lit | undefined {
    const at = item ?? cluster;
    return at && { lat: at.lat, lon: at.lon, radius: item ? pointRadius : radius(cluster?.count ?? 0) };
  }

  /** Where a report is drawn: as a point, in a cluster, or (when neither is in sight) at its own place. */
  spot(report: Pick<Report, 'id' | 'cell' | 'lat' | 'lon'>): Lit {
    const { items, clusters } = this.options.sight();
    const point = items.find((item) => item.id === report.id);
    const cell = parent(report.cell, resolution(this.options.zoom()));
    const cluster = point ? undefined : clusters.find((one) => one.cell === cell);
    const at = point ?? cluster ?? report;
    return { lat: at.lat, lon: at.lon, radius: cluster ? radius(cluster.count) : pointRadius };
  }
}

const pointRadius = 18; // px, a little more than the disc of a point

// A little more than the ring that style.ts draws for a count.
function radius(count: number): number {
  return 16 + Math.min(16, Math.sqrt(count) / 6);
}
