// The one polite live region. What the reader did is told at once; what others did is summed up and told at intervals, and the
// reader can silence it.
import { element } from '../element';
import type { Words } from '../words';

const interval = 15_000; // ms between two sums of others' changes

export class Voice {
  readonly region = element('p', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  silent = false;
  private waiting = 0;
  private timer: number | undefined;

  constructor(private readonly words: Words) {}

  /** Tells the outcome of the reader's own action. */
  say(sentence: string): void {
    this.region.textContent = sentence;
  }

  /** Notes how much somebody else changed in view. */
  changed(count: number): void {
    this.waiting += count;
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      if (!this.silent && this.waiting > 0) this.say(this.words.count('map.changes', this.waiting));
      this.waiting = 0;
    }, interval);
  }
}
