// The time slider along the bottom of the map: a bar for each week or month of what is in view, and two handles that bound the
// period of the filter. It moves by pointer and by keyboard (ARIA pattern "slider, multi-thumb"), and plays a week or a month
// through time. The period itself stands in the address; this shows it and asks for another.
import { element } from '../element';
import type { Words } from '../words';
import { svg } from './badge';
import { periodOf } from './chips';
import { bars, lastDay, marks, period, place, type Bar, type Unit, type Week } from './histogram';
import { Player } from './player';
import type { Filter } from './state';

interface Options {
  words: Words;
  today: () => string;
  take: (from: string | undefined, to: string | undefined) => void; // a step of history
  play: (from: string, to: string, begins: boolean) => Promise<void>; // shows a window; done when it is drawn
  rest: () => void; // playing was paused or has ended
}

type End = 'from' | 'to';

const tickWidth = 7; // rem that a month needs to be written
const patience = 400; // ms after the last key before the map follows

export class TimeBar {
  readonly box: HTMLElement;
  private readonly chart = svg('svg', { class: 'time-chart', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  private readonly ticks = element('div', { class: 'time-ticks', 'aria-hidden': 'true' });
  private readonly track = element('div', { class: 'time-track' });
  private readonly content: HTMLElement;
  private readonly told = element('p', { class: 'time-told' });
  private readonly reset: HTMLButtonElement;
  private readonly handles: Record<End, HTMLElement>;
  private readonly player: Player;
  private readonly toggle: HTMLButtonElement;
  private unit: Unit = 'week';
  private bars: Bar[] = [];
  private marks: string[] = [];
  private at: [number, number] = [0, 0];
  private filter: Filter = {};
  private timer: number | undefined;
  private held = false; // the reader moves a handle: what comes meanwhile waits
  private later: readonly Week[] | undefined;

  constructor(private readonly options: Options) {
    const { words } = options;
    this.handles = { from: this.handle('from', words.say('time.from')), to: this.handle('to', words.say('time.to')) };
    this.track.append(this.chart, this.handles.from, this.handles.to);
    this.reset = button(words.say('time.reset'), 'quiet time-reset', () => options.take(undefined, undefined));
    this.player = new Player({ words, from: () => this.filter.from?.[0], bounds: () => this.bounds(), show: options.play, rest: options.rest });
    const content = (this.content = element('div', { class: 'time-content', id: 'time-content' }, this.track, this.ticks));
    this.toggle = button('', 'quiet time-toggle', () => this.fold(!this.box.classList.contains('folded')));
    this.toggle.setAttribute('aria-controls', content.id);
    this.box = element('section', { class: 'time-bar', 'aria-label': words.say('time.title'), hidden: true },
      element('div', { class: 'time-head' }, this.player.button, this.told, this.player.lengths, this.reset, this.toggle), content);
    this.fold(!matchMedia('(min-width: 60rem)').matches);
    this.track.addEventListener('pointerdown', (event) => this.press(event));
    new ResizeObserver(() => this.drawTicks()).observe(this.track);
  }

  /** Shows the weeks of what is in view, whatever the period. */
  show(weeks: readonly Week[]): void {
    this.later = undefined;
    if (this.held) {
      this.later = weeks;
      return;
    }
    const next = bars(weeks, this.options.today());
    // Where nothing is, the time of the last view stays, empty: the period can still be widened.
    if (next.bars.length > 0) ({ unit: this.unit, bars: this.bars } = next);
    else this.bars = this.bars.map(({ day }) => ({ day, count: 0 }));
    this.marks = marks(this.unit, this.bars);
    this.content.hidden = this.bars.length === 0;
    this.draw();
    this.follow(this.filter);
  }

  /** Follows the filter of the address. */
  follow(filter: Filter): void {
    this.filter = filter;
    if (this.held) return;
    const [from, to] = [filter.from?.[0], filter.to?.[0]];
    this.box.hidden = this.bars.length === 0 && from === undefined && to === undefined;
    this.told.textContent = periodOf(from, to, this.options.words);
    this.reset.hidden = from === undefined && to === undefined;
    if (this.marks.length > 1) this.move(place(this.marks, from, to));
  }

  get playing(): boolean {
    return this.player.playing;
  }

  /** Stops playing, as when the reader does something else. */
  pause(): void {
    this.player.pause();
  }

  private fold(folded: boolean): void {
    this.box.classList.toggle('folded', folded);
    const word = this.options.words.say(folded ? 'time.open' : 'time.close');
    this.toggle.setAttribute('aria-expanded', String(!folded));
    this.toggle.setAttribute('aria-label', word);
    this.toggle.title = word;
  }

  private bounds(): [string, string] | undefined {
    const [first, last] = [this.marks[0], this.marks[this.marks.length - 1]];
    return first === undefined || last === undefined ? undefined : [first, last];
  }

  private handle(end: End, label: string): HTMLElement {
    const made = element('div', { class: `time-handle ${end}`, role: 'slider', tabindex: 0, 'aria-label': label, 'aria-valuemin': 0 });
    made.addEventListener('keydown', (event) => {
      const [low, high] = this.at;
      const now = end === 'from' ? low : high;
      const moves: Record<string, number> = {
        ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1, PageUp: now + 4, PageDown: now - 4, Home: 0, End: this.marks.length - 1,
      };
      const to = moves[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.player.pause();
      this.held = true;
      this.put(end, to);
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.take(), patience);
    });
    return made;
  }

  // The nearer handle takes a press; between the two the whole period is moved.
  private press(event: PointerEvent): void {
    if (event.button !== 0 || this.bars.length === 0) return;
    event.preventDefault();
    this.player.pause();
    this.held = true;
    const box = this.track.getBoundingClientRect();
    const mark = (x: number) => ((x - box.left) / box.width) * this.bars.length;
    const begun = this.at;
    const start = mark(event.clientX);
    const near = (12 / box.width) * this.bars.length;
    const inside = begun[0] + near < start && start < begun[1] - near && !this.reset.hidden;
    const end: End = Math.abs(start - begun[0]) <= Math.abs(start - begun[1]) ? 'from' : 'to';
    const move = (at: PointerEvent) => {
      if (!inside) return this.put(end, Math.round(mark(at.clientX)));
      const by = Math.max(-begun[0], Math.min(this.bars.length - begun[1], Math.round(mark(at.clientX) - start)));
      this.move([begun[0] + by, begun[1] + by]);
    };
    const done = () => {
      this.track.removeEventListener('pointermove', move);
      this.track.removeEventListener('pointerup', done);
      this.track.removeEventListener('pointercancel', done);
      this.take();
    };
    this.track.setPointerCapture(event.pointerId);
    this.track.addEventListener('pointermove', move);
    this.track.addEventListener('pointerup', done);
    this.track.addEventListener('pointercancel', done);
    this.handles[end].focus({ preventScroll: true });
    move(event);
  }

  private put(end: End, to: number): void {
    const [low, high] = this.at;
    this.move(end === 'from' ? [Math.max(0, Math.min(to, high - 1)), high] : [low, Math.min(this.bars.length, Math.max(to, low + 1))]);
  }

  private take(): void {
    const { from, to } = period(this.marks, ...this.at);
    this.held = false;
    this.options.take(from, to);
    this.follow(this.filter); // also when nothing changed
    if (this.later) this.show(this.later);
  }

  private move(at: [number, number]): void {
    this.at = at;
    const [low, high] = at;
    const last = this.bars.length;
    const { words } = this.options;
    for (const [end, value] of [['from', low], ['to', high]] as const) {
      const handle = this.handles[end];
      handle.style.insetInlineStart = `${(value / Math.max(1, last)) * 100}%`;
      handle.setAttribute('aria-valuemax', String(last));
      handle.setAttribute('aria-valuenow', String(value));
      const day = this.marks[value] ?? '';
      handle.setAttribute('aria-valuetext', words.date(end === 'from' ? day : lastDay(day)));
    }
    [...this.chart.children].forEach((bar, i) => bar.classList.toggle('out', i < low || i >= high));
    const { from, to } = period(this.marks, low, high);
    if (from !== this.filter.from?.[0] || to !== this.filter.to?.[0]) {
      // What a moving handle says before the map follows; a period that lies between two marks keeps its own words.
      const [shownLow, shownHigh] = place(this.marks, this.filter.from?.[0], this.filter.to?.[0]);
      if (shownLow !== low || shownHigh !== high) this.told.textContent = periodOf(from, to, words);
    }
  }

  private draw(): void {
    const highest = Math.max(1, ...this.bars.map((bar) => bar.count));
    this.chart.setAttribute('viewBox', `0 0 ${Math.max(1, this.bars.length) * 10} 100`);
    this.chart.replaceChildren(...this.bars.map((bar, i) => {
      const height = bar.count === 0 ? 0 : Math.max(3, (bar.count / highest) * 100);
      return svg('rect', { x: i * 10 + 1, width: 8, y: 100 - height, height });
    }));
    this.drawTicks();
  }

  private drawTicks(): void {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const shown = ticks(this.bars, Math.max(2, Math.floor(this.track.offsetWidth / (tickWidth * rem))));
    this.ticks.replaceChildren(...shown.map(({ at, day }) => {
      const tick = element('span', {}, day.slice(5, 7) === '01' ? day.slice(0, 4) : this.options.words.month(day));
      tick.style.insetInlineStart = `${(at / Math.max(1, this.bars.length)) * 100}%`;
      return tick;
    }));
    // What would be cut off is left out.
    for (const tick of [this.ticks.firstElementChild, this.ticks.lastElementChild]) {
      const [own, all] = [tick?.getBoundingClientRect(), this.ticks.getBoundingClientRect()];
      if (own && (own.left < all.left || own.right > all.right)) tick?.remove();
    }
  }
}

/** Months to write below the bars, evenly apart, each at the first bar of its month: at most so many, or twice as many years, which are shorter. */
export function ticks(list: readonly Bar[], most: number): { at: number; day: string }[] {
  const months = list.flatMap((bar, i) => (i === 0 || list[i - 1]?.day.slice(0, 7) === bar.day.slice(0, 7) ? [] : [{ at: i, day: `${bar.day.slice(0, 7)}-01` }]));
  const since = (day: string) => 12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7)) - 1;
  const kept = (every: number) => months.filter(({ day }) => since(day) % every === 0);
  const every = [1, 2, 3, 6, 12, 24, 60].find((one) => kept(one).length <= (one < 12 ? most : 2 * most));
  return kept(every ?? 120);
}

function button(text: string, className: string, pressed: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: className }, text);
  made.addEventListener('click', pressed);
  return made;
}
