// The screen of the map: ties the address, the filters, the picture, the list of what is in view, the card, the time slider and
// the live stream together. The address holds the state; whatever is pressed writes there, and `follow` makes everything say it.
import { element } from '../element';
import type { Found } from '../place/geocode';
import { Address } from './address';
import { Badges } from './badge';
import { Card } from './card';
import { Chips, periodOf } from './chips';
import { Choice } from './choice';
import { outlined, type Config } from './config';
import { monday, sentence, type Count } from './count';
import { FilterDialog } from './dialog';
import { namer, read, remember, write } from './filter';
import { families, nameOf } from './grid';
import { mapHelp } from './help';
import { InView } from './inview';
import { listAddress, tellLinks, tellList } from './link';
import { Live } from './live';
import { makeMark, type Map as Library } from './maplibre';
import type { Lit, Picture } from './picture';
import { fetchCategories, fetchWeeks, viewQuery, type Report } from './report';
import { Search } from './search';
import { Sheet } from './sheet';
import type { Sight } from './sight';
import { between, filterQuery, rounded, same, without, type Filter, type State, type View as Place } from './state';
import { source } from './style';
import { TimeBar } from './timebar';
import { makeView, type View } from './view';
import { Voice } from './voice';

const reach = { coarse: 22, fine: 6 } as const; // pixels around a press that count as hit
const crosshairReach = 24;
const corner = 17; // zoom that shows a street corner
const settling = 200; // ms of rest before the lists are asked for what is in view

export class Screen {
  private readonly address = new Address(() => this.follow());
  private readonly voice: Voice;
  private readonly view: View;
  private readonly sheet: Sheet;
  private readonly badges: Badges;
  private readonly list: InView;
  private readonly card: Card;
  private readonly choice: Choice;
  private readonly time: TimeBar;
  private readonly live: Live;
  private readonly chips: Chips | undefined;
  private readonly dialog: FilterDialog | undefined;
  private readonly form = document.querySelector<HTMLFormElement>('form.filters');
  private readonly count = document.querySelector('.map-count') ?? element('p');
  private readonly trouble = element('p', { class: 'map-trouble', hidden: true });
  private readonly mark: (at: { lat: number; lon: number } | undefined) => void;
  private shown: State; // what the parts say now
  private toTell = true; // the next picture is the outcome of the reader's own action
  private byKey = false; // the reader moved the map by a key: what comes under the crosshair is lit
  private opened: Report | undefined; // whose card is open
  private pointed: Lit | undefined; // what is pointed at, on the map or in the list
  private seen = false; // something was drawn: before that nothing can be counted
  private readonly counted: Count = { total: 0, open: 0, fresh: undefined, filtered: false };
  private asking: number | undefined;
  private asked: AbortController | undefined;

  constructor(root: HTMLElement, stage: HTMLElement, private readonly config: Config, private readonly picture: Picture) {
    const { map, words } = picture;
    const { statuses } = config;
    const box = document.querySelector<HTMLElement>('.sheet');
    if (!box) throw new Error('the page has no sheet');
    const name = namer(this.form);
    const category = (slug: string) => name('category', slug);
    this.shown = this.address.state;
    this.voice = new Voice(words);
    this.sheet = new Sheet(box, words);
    this.badges = new Badges(config.icons);
    this.mark = makeMark(map);
    this.list = new InView(this.sheet.body, {
      words, statuses, badges: this.badges, category,
      sight: () => picture.sight(), zoom: () => map.getZoom(), light: (at) => this.light(at), listed: () => this.card.tellTurns(),
      open: (id) => this.address.open(id), approach: (to) => this.approach(to), back: () => this.view.focus(),
      filtered: () => filterQuery(this.shown.filter) !== '', clear: () => this.address.step({ filter: {} }), wider: () => this.zoomBy(-1.5),
    });
    this.card = new Card({
      words, statuses, badges: this.badges, category, list: () => this.listAddress(),
      home: () => this.view.focus(), open: (id) => this.address.open(id), turn: (id) => this.address.open(id),
      beside: (id, by) => this.list.beside(id, by), close: () => this.closeCard(), placed: (report) => this.bringIntoView(report),
    });
    this.view = makeView({
      map, stage, words, help: mapHelp,
      act: () => this.actAtCrosshair(), back: () => this.closeCard(), moved: () => (this.toTell = this.byKey = true),
    });
    this.choice = new Choice({
      words, statuses, sets: config.zones,
      hexagons: (on) => this.address.step({ hexagons: on }),
      outline: (set) => this.address.step({ outline: set === config.zones[0]?.set ? undefined : (set ?? 'none') }),
      live: (on) => (this.voice.silent = !on),
    });
    this.time = new TimeBar({
      words, today: () => new Date().toISOString().slice(0, 10),
      take: (from, to) => this.address.step({ filter: between(this.shown.filter, from, to) }),
      play: (from, to, begins) => this.playWindow(from, to, begins), rest: () => this.playEnded(),
    });
    this.live = new Live({
      open: (address) => new EventSource(address), busy: () => picture.busy(), fetch: (tiles) => picture.refresh(tiles),
      read: () => this.readBeside(), changed: () => this.voice.changed(),
    });
    picture.follower = this.live;
    const chips = document.querySelector<HTMLElement>('.chips');
    if (chips) this.chips = new Chips({ box: chips, words, name, address: (filter) => this.address.of({ filter }), take: (filter) => this.filter(filter) });
    if (this.form) this.dialog = new FilterDialog({ form: this.form, words, changed: (again) => this.form && this.filter(read(this.form), again) });
    const search = document.querySelector<HTMLFormElement>('form.search');
    if (search) new Search({ form: search, words, say: (sentence) => this.voice.say(sentence), go: (found) => this.goTo(found), zone: (ref) => this.filter({ ...this.shown.filter, zone: [ref] }) });

    box.querySelector('.map-plain-card')?.remove();
    this.sheet.body.prepend(this.card.box);
    stage.append(this.trouble);
    // The list is the next tab stop after the map.
    root.append(box, this.time.box, this.choice.box, this.voice.region);
    this.listen(map);
    this.showState(this.shown);
    void fetchCategories(AbortSignal.timeout(30_000)).then((known) => this.dress(known), () => undefined);
  }

  private listen(map: Library): void {
    map.on('idle', () => {
      this.showSight();
      this.live.settled();
    });
    map.on('render', () => this.countEarly());
    map.on('moveend', (event) => this.settle(event.originalEvent !== undefined));
    map.on('error', (event) => this.fail(event));
    map.on('click', (event) => {
      const coarse = matchMedia('(pointer: coarse)').matches;
      this.act(this.picture.sight({ x: event.point.x, y: event.point.y, reach: coarse ? reach.coarse : reach.fine }));
    });
    let looking = false; // one look for a frame is enough, however fast the mouse is
    map.on('mousemove', (event) => {
      if (looking) return;
      looking = true;
      requestAnimationFrame(() => {
        looking = false;
        const seen = this.picture.sight({ x: event.point.x, y: event.point.y, reach: 1 });
        map.getCanvas().classList.toggle('over', seen.total > 0);
        this.point(seen, false);
      });
    });
    map.on('mouseout', () => this.point({ items: [], clusters: [], total: 0, open: 0 }, false));
    document.addEventListener('visibilitychange', () => (document.hidden ? this.live.hide() : this.live.show()));
  }

  // A changed filter is a step that "back" undoes, unless the same thing is changed `again`; what was open may not be let through any more.
  private filter(filter: Filter, again = false): void {
    this.time.pause();
    if (again) this.address.rewrite({ filter, report: undefined }, true);
    else this.address.step({ filter, report: undefined });
  }

  // The address changed: by a step or by "back". Moving the map is no step and is never undone: what history goes to takes the view
  // that is seen now.
  private follow(): void {
    const before = this.shown;
    if (before.view) this.address.rewrite({ view: before.view }, false);
    const now = (this.shown = this.address.state);
    if (!same(before.filter, now.filter)) {
      if (!this.time.playing) this.toTell = true;
      this.hideMany();
      this.picture.filter(now.filter);
      this.askSoon(false);
    }
    this.showState(now);
  }

  private showState(state: State): void {
    const { filter, report } = state;
    const outline = outlined(this.config, state.outline);
    this.picture.hexagons(state.hexagons === true);
    this.picture.outline(outline);
    this.tellLive();
    this.choice.follow(state.hexagons === true, outline);
    if (this.form) write(this.form, filter);
    this.dialog?.read(filter);
    this.chips?.show(filter);
    this.time.follow(filter);
    this.tellLinks();
    if (report === undefined) {
      if (this.card.shown !== undefined) this.hideCard();
    } else if (this.card.shown !== report) this.openCard(report);
  }

  private openCard(id: number): void {
    this.list.list.mark(`i${id}`);
    this.sheet.raise('full');
    void this.card.show(id);
    this.sheet.cover(true);
  }

  private hideCard(): void {
    if (!this.card.isOpen) return;
    this.sheet.cover(false); // before the card gives the focus back to the list
    this.card.close();
    this.opened = undefined;
    this.picture.light(undefined);
    if (this.sheet.isTall) this.sheet.rest('half');
  }

  // Several on one spot are not in the address; what is let through there has changed.
  private hideMany(): void {
    if (this.card.shown === undefined) this.hideCard();
  }

  // The card goes at once; the address follows when the browser has gone back.
  private closeCard(): void {
    if (!this.card.isOpen) return;
    this.hideCard();
    this.address.close();
  }

  // A report that a link opened may lie outside the view.
  private bringIntoView(report: Report): void {
    const { map } = this.picture;
    this.opened = report;
    this.picture.light(this.list.spot(report));
    if (!map.getBounds().contains([report.lon, report.lat])) this.jump({ lat: report.lat, lon: report.lon, zoom: Math.max(corner, map.getZoom()) });
  }

  // What is pointed at on the map is lit there, and its row where the list has one.
  private point(hit: Sight, seen: boolean): void {
    this.light(this.list.under(hit));
    this.list.lightRows(hit, seen);
  }

  // The open card's place stays lit, except while something else is pointed at.
  private light(at: Lit | undefined): void {
    this.pointed = at;
    this.picture.light(at ?? (this.opened && this.list.spot(this.opened)));
  }

  private jump(to: Place): void {
    this.picture.map.jumpTo({ center: [to.lon, to.lat], zoom: to.zoom });
  }

  private goTo(found: Found | undefined): void {
    this.mark(found);
    if (!found) return;
    this.toTell = true;
    const { map } = this.picture;
    map.flyTo({ center: [found.lon, found.lat], zoom: found.zone === undefined ? corner : 14, maxDuration: 1500 });
    this.sheet.rest('peek');
  }

  // Moving the map is no step: it rewrites the address in place.
  private settle(byHand: boolean): void {
    if (byHand) this.toTell = true;
    this.pointed = undefined;
    const view = rounded(this.picture.view());
    this.shown = { ...this.shown, view };
    this.address.rewrite({ view }, false);
    this.tellLinks();
    this.tellLive();
    this.askSoon(false);
  }

  private tellLive(): void {
    this.live.see({ box: this.picture.box(), zoom: this.picture.map.getZoom(), cells: this.shown.hexagons === true });
  }

  private tellLinks(): void {
    const view = rounded(this.picture.view());
    if (this.form) remember(this.form, view);
    this.chips?.show(this.shown.filter);
    tellLinks(this.listAddress(), view, this.config.pointsFrom, this.address.of({}));
  }

  private listAddress(): string {
    return listAddress(this.picture.box(), this.shown.filter);
  }

  // Somebody changed something in view.
  private readBeside(): void {
    this.askSoon(true);
    void this.card.renew();
  }

  private askSoon(live: boolean): void {
    window.clearTimeout(this.asking);
    this.asking = window.setTimeout(() => void this.ask(live), settling);
  }

  private async ask(live: boolean): Promise<void> {
    const box = this.picture.box();
    const { filter } = this.shown;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const timeless = without(without(filter, 'from'), 'to');
    const weeks = fetchWeeks(viewQuery(box, timeless), asked.signal).then((known) => {
      this.time.show(known);
      const week = monday(new Date());
      this.counted.fresh = filter.from === undefined && filter.to === undefined ? (known.find(({ key }) => key === week)?.count ?? 0) : undefined;
      if (this.seen) this.showCount();
    });
    await Promise.allSettled([this.list.ask(viewQuery(box, filter), live), weeks]);
  }

  // The period is told once at the beginning; the count when it rests.
  private async playWindow(from: string, to: string, begins: boolean): Promise<void> {
    if (begins) this.voice.say(periodOf(from, to, this.picture.words));
    const filter = between(this.shown.filter, from, to);
    const first = this.shown.filter.from === undefined && this.shown.filter.to === undefined;
    if (first) this.address.step({ filter, report: undefined });
    else this.address.rewrite({ filter }, true);
    await new Promise<void>((drawn) => void this.picture.map.once('idle', () => drawn()));
  }

  private playEnded(): void {
    this.toTell = true;
    this.picture.map.triggerRepaint(); // what is drawn is told when it is drawn
  }

  // What is drawn changed: the list's stand-in, the count, and, if the reader did it, the spoken summary.
  private showSight(): void {
    const { map } = this.picture;
    const sight = this.picture.sight();
    this.seen = true;
    Object.assign(this.counted, { total: sight.total, open: sight.open, filtered: filterQuery(this.shown.filter) !== '' });
    const text = this.showCount();
    this.dialog?.count(sight.total);
    this.list.drawn();
    if (this.opened) this.light(this.pointed);
    const { colours, steps } = this.picture.fitRamp();
    this.choice.explain(colours, steps);
    if (map.isSourceLoaded('quartier-items')) this.trouble.hidden = true;
    if (this.toTell) this.voice.say(text);
    if (this.byKey) this.point(this.underCrosshair(), true);
    this.toTell = this.byKey = false;
  }

  // The first count need not wait for the streets. Nothing is only nothing when all is drawn.
  private countEarly(): void {
    if (this.seen || !this.picture.map.isSourceLoaded('quartier-items')) return;
    const { total, open } = this.picture.sight();
    if (total === 0) return;
    this.seen = true;
    Object.assign(this.counted, { total, open });
    this.showCount();
  }

  // Returns what is spoken of it: where nothing is, what to do.
  private showCount(): string {
    const { words } = this.picture;
    const text = sentence(this.counted, words);
    if (this.count.textContent !== text) this.count.textContent = text;
    tellList(this.counted.total, words);
    return this.counted.total === 0 ? words.say('map.empty') : text;
  }

  private act(hit: Sight): void {
    const [item, more] = hit.items;
    const cluster = hit.clusters[0];
    if (item && more) this.showMany(hit);
    else if (item) this.address.open(item.id);
    else if (cluster) this.approach(cluster);
    else this.closeCard();
  }

  private showMany(hit: Sight): void {
    if (this.shown.report !== undefined) this.address.rewrite({ report: undefined }, true);
    this.card.showMany(hit.items);
    this.sheet.raise('full');
    this.sheet.cover(true);
  }

  private underCrosshair(): Sight {
    const { map } = this.picture;
    const middle = map.project(map.getCenter());
    return this.picture.sight({ x: middle.x, y: middle.y, reach: crosshairReach });
  }

  private actAtCrosshair(): void {
    const hit = this.underCrosshair();
    if (hit.total === 0) this.voice.say(this.picture.words.say('map.nothing'));
    this.act(hit);
  }

  private approach(to: { lat: number; lon: number }): void {
    this.toTell = true;
    const { map } = this.picture;
    map.easeTo({ center: [to.lon, to.lat], zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()), duration: 300 });
  }

  private zoomBy(by: number): void {
    this.toTell = true;
    this.picture.map.easeTo({ zoom: this.picture.map.getZoom() + by, duration: 300 });
  }

  private dress(known: Awaited<ReturnType<typeof fetchCategories>>): void {
    this.badges.know(known);
    this.dialog?.dress((value) => (known.has(value) ? this.badges.of(value) : undefined));
    this.askSoon(false);
  }

  // Our own tiles failing is worth a word; the basemap's are not: the map stands without them.
  private fail(event: unknown): void {
    const { sourceId, tile } = event as { sourceId?: string; tile?: { tileID: { canonical: { z: number; x: number; y: number } } } };
    const family = families.find((one) => source[one] === sourceId);
    if (family && tile) this.live.fail(nameOf(family, tile.tileID.canonical));
    if (family !== 'items') return;
    this.trouble.textContent = this.picture.words.say('map.stale');
    this.trouble.hidden = false;
  }
}
