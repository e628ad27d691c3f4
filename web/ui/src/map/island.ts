// The map of the home page: ties the address, the filter form, the picture, the list of what is in view, the card and the live stream
// together. The form holds the filters, the picture holds the place, the address tells both.
import { element } from '../element';
import { Card } from './card';
import { Choice } from './choice';
import { configOf, type Config } from './config';
import { labels, read, remember, write } from './filter';
import { Listbox, type Row } from './listbox';
import { Live } from './live';
import type { Map as Library } from './maplibre';
import { Picture } from './picture';
import type { Sight } from './sight';
import { filterQuery, format, parse, rounded, type Filter, type View as Place } from './state';
import { makeView, type View } from './view';
import { Voice } from './voice';

const reach = { coarse: 22, fine: 6 } as const; // pixels around a press that count as hit
const crosshairReach = 24;

/** Starts the island in its element. Tests find the map as `element.map`. */
export async function start(root: HTMLElement & { map?: Library }): Promise<void> {
  const config = configOf(root);
  const form = document.querySelector<HTMLFormElement>('form.filters');
  const place = parse(location.search);
  const stage = element('div', { class: 'map-stage', id: 'map-stage' });
  const container = element('div', { class: 'map-view' });
  stage.append(container);
  root.replaceChildren(stage);
  if (form) write(form, place.filter);
  try {
    const picture = await Picture.make({
      container, config, label: config.words['map.label'] ?? '', view: place.view ?? config, filter: place.filter, hexagons: true,
    });
    root.map = picture.map;
    new Island(root, stage, config, form, picture);
  } catch (cause) {
    root.replaceChildren(element('p', { class: 'notice' }, config.words['map.failed'] ?? ''));
    throw cause;
  }
}

class Island {
  private readonly voice: Voice;
  private readonly view: View;
  private readonly card: Card;
  private readonly list: Listbox;
  private readonly choice: Choice;
  private readonly live: Live;
  private readonly count = element('p', { class: 'map-count' });
  private readonly trouble = element('p', { class: 'map-trouble', hidden: true });
  private rows = new Map<string, { lat: number; lon: number; radius: number; act: () => void }>();
  private toTell = true; // the next picture is the outcome of the reader's own action

  constructor(root: HTMLElement, stage: HTMLElement, private readonly config: Config, private readonly form: HTMLFormElement | null, private readonly picture: Picture) {
    const { map, words } = picture;
    const categories = labels(form, 'category');
    this.voice = new Voice(words);
    this.card = new Card({ words, statuses: config.statuses, category: (slug) => categories.get(slug) ?? slug, list: () => this.listAddress() });
    this.list = new Listbox({
      label: words.say('map.items'),
      act: (key) => this.rows.get(key)?.act(),
      point: (key) => picture.light(key === undefined ? undefined : this.rows.get(key)),
      back: () => this.view.focus(),
    });
    this.view = makeView({
      map, stage, words, help: words.say('map.help.text'),
      act: () => this.actAtCrosshair(), back: () => this.card.close(), moved: () => (this.toTell = true),
    });
    const [open, closed] = ['open', 'closed'].map((word) => labels(form, 'status').get(word));
    this.choice = new Choice({
      words,
      rings: open !== undefined && closed !== undefined ? { open, closed } : undefined,
      hexagons: (on) => picture.hexagons(on),
      zones: config.zones.length > 0 ? (on) => picture.zones(on) : undefined,
      live: (on) => (this.voice.silent = !on),
    });
    this.live = new Live({ open: (address) => new EventSource(address), refresh: () => picture.refresh(), changed: () => this.voice.changed() });
    this.count.textContent = words.say('map.loading');
    stage.append(this.trouble, this.card.box);
    root.append(element('div', { class: 'map-side' }, this.count, this.list.list, this.choice.box, this.voice.region));
    this.listen(map);
  }

  private listen(map: Library): void {
    map.on('idle', () => this.showSight());
    map.on('moveend', (event) => this.settle(event.originalEvent !== undefined));
    map.on('load', () => this.live.see(this.picture.box()));
    map.on('error', (event) => this.fail(event));
    map.on('click', (event) => {
      const coarse = matchMedia('(pointer: coarse)').matches;
      this.act(this.picture.sight({ ...event.point, x: event.point.x, y: event.point.y, reach: coarse ? reach.coarse : reach.fine }));
    });
    map.on('mousemove', (event) => {
      const seen = this.picture.sight({ x: event.point.x, y: event.point.y, reach: 1 });
      map.getCanvas().classList.toggle('over', seen.total > 0);
    });
    this.form?.addEventListener('change', () => this.filter());
    this.form?.addEventListener('submit', (event) => {
      event.preventDefault();
      this.filter();
    });
    window.addEventListener('popstate', () => this.goBack());
    document.addEventListener('visibilitychange', () => (document.hidden ? this.live.hide() : this.live.show()));
    this.tellForm(this.filters());
  }

  /** The filters as the form says; without a form, as the address says. */
  private filters(): Filter {
    return this.form ? read(this.form) : parse(location.search).filter;
  }

  // A changed filter is a step that "back" undoes.
  private filter(): void {
    const filter = this.filters();
    const address = location.pathname + format({ view: this.picture.view(), filter });
    if (filterQuery(filter) !== filterQuery(parse(location.search).filter)) history.pushState(null, '', address);
    this.draw(filter);
  }

  private draw(filter: Filter): void {
    this.toTell = true;
    this.card.close();
    this.tellForm(filter);
    this.picture.filter(filter);
  }

  private goBack(): void {
    const { view, filter } = parse(location.search);
    if (this.form) write(this.form, filter);
    this.draw(filter);
    const to: Place = view ?? this.config;
    this.picture.map.jumpTo({ center: [to.lon, to.lat], zoom: to.zoom });
  }

  // Moving the map is no step: it rewrites the address in place.
  private settle(byHand: boolean): void {
    if (byHand) this.toTell = true;
    const filter = this.filters();
    history.replaceState(null, '', location.pathname + format({ view: this.picture.view(), filter }));
    this.tellForm(filter);
    this.live.see(this.picture.box());
  }

  private tellForm(filter: Filter): void {
    if (this.form) remember(this.form, rounded(this.picture.view()));
    const link = document.querySelector<HTMLAnchorElement>('.map-list-link a');
    if (link) link.href = this.listAddress(filter);
  }

  private listAddress(filter = this.filters()): string {
    const query = filterQuery(filter);
    return `/reports${query === '' ? '' : `?${query}`}`;
  }

  // What is drawn changed: the list, the count, and, if the reader did it, the spoken summary.
  private showSight(): void {
    const { words } = this.picture;
    const sight = this.picture.sight();
    const sentence = sight.total === 0 ? words.say('map.empty') : `${words.count('map.count', sight.total)}, ${words.count('map.open', sight.open)}`;
    this.count.textContent = sentence;
    this.rows = new Map();
    const rows: Row[] = [];
    for (const item of sight.items) {
      rows.push(this.row(`i${item.id}`, this.card.describe(item), `status-${item.status}`, item, 18, () => void this.card.show(item)));
    }
    for (const cluster of sight.clusters) {
      rows.push(this.row(`c${cluster.cell}`, words.count('map.cluster', cluster.count), 'ring', cluster, 26, () => this.approach(cluster)));
    }
    this.list.show(rows);
    const { colours, steps } = this.picture.fitRamp();
    this.choice.explain(colours, steps);
    if (this.picture.map.isSourceLoaded('quartier-items')) this.trouble.hidden = true;
    if (this.toTell) this.voice.say(sentence);
    this.toTell = false;
  }

  private row(key: string, text: string, mark: string, at: { lat: number; lon: number }, radius: number, act: () => void): Row {
    this.rows.set(key, { lat: at.lat, lon: at.lon, radius, act });
    return { key, text, mark };
  }

  private act(hit: Sight): void {
    const [item, more] = hit.items;
    const cluster = hit.clusters[0];
    if (item && more) this.card.showMany(hit.items);
    else if (item) void this.card.show(item);
    else if (cluster) this.approach(cluster);
    else this.card.close();
  }

  private actAtCrosshair(): void {
    const { map, words } = this.picture;
    const middle = map.project(map.getCenter());
    const hit = this.picture.sight({ x: middle.x, y: middle.y, reach: crosshairReach });
    if (hit.total === 0) this.voice.say(words.say('map.nothing'));
    this.act(hit);
  }

  private approach(to: { lat: number; lon: number }): void {
    this.toTell = true;
    const { map } = this.picture;
    map.easeTo({ center: [to.lon, to.lat], zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()), duration: 300 });
  }

  // Our own tiles failing is worth a word; the basemap's are not: the map stands without them.
  private fail(event: unknown): void {
    const { sourceId } = event as { sourceId?: string };
    if (sourceId !== 'quartier-items') return;
    this.trouble.textContent = this.picture.words.say('map.stale');
    this.trouble.hidden = false;
  }
}
