// Plays time: shows one window after another, each when the one before is drawn and has been seen for a while, until it is paused
// or the last bar is reached. Under reduced motion the steps are the same, only nothing fades between them.
import { element } from '../element';
import type { Words } from '../words';
import { begin, nextWindow, shift, type Unit } from './histogram';

interface Options {
  words: Words;
  from: () => string | undefined; // the day that the period begins with
  bounds: () => [first: string, behindLast: string] | undefined; // undefined: there is nothing to play
  show: (from: string, to: string, begins: boolean) => Promise<void>;
  rest: () => void; // it was paused or has come to the end
}

const pace = 900; // ms that each window is seen at least

export class Player {
  readonly button = element('button', { type: 'button', class: 'time-play round' });
  readonly lengths: HTMLElement;
  private readonly length: HTMLSelectElement;
  private running = false;
  private round = 0; // a pause makes the running one old

  constructor(private readonly options: Options) {
    const { words } = options;
    this.length = element('select', { 'aria-label': words.say('time.step') },
      element('option', { value: 'week' }, words.say('time.week')), element('option', { value: 'month', selected: true }, words.say('time.month')));
    this.lengths = element('div', { class: 'time-length' }, this.length);
    this.button.addEventListener('click', () => (this.running ? this.pause() : void this.play()));
    this.tell(false);
  }

  get playing(): boolean {
    return this.running;
  }

  pause(): void {
    if (!this.running) return;
    this.round++;
    this.tell(false);
    this.options.rest();
  }

  private async play(): Promise<void> {
    const round = ++this.round;
    const bounds = this.options.bounds();
    if (!bounds) return;
    const [first, last] = bounds;
    const unit = this.length.value as Unit;
    const from = begin(unit, this.options.from() ?? first);
    let at: string | undefined = shift(unit, from, 1) < last ? from : begin(unit, first); // at the end it begins anew
    this.tell(true);
    for (let begins = true; at !== undefined && round === this.round; begins = false) {
      const window = nextWindow(unit, at, last);
      if (!window) break;
      await Promise.all([this.options.show(window.from, window.to, begins), new Promise((seen) => setTimeout(seen, pace))]);
      at = window.to;
    }
    if (round === this.round) this.pause();
  }

  private tell(playing: boolean): void {
    this.running = playing;
    const word = this.options.words.say(playing ? 'time.pause' : 'time.play');
    this.button.classList.toggle('playing', playing);
    this.button.setAttribute('aria-label', word);
    this.button.title = word;
  }
}
