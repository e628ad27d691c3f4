// The one polite live region. What the reader did is told at once; what others did is told at intervals, and the
// reader can silence it. How much that was is not said: the stream does not know what the filter lets through.
import { element } from '../element';
import type { Words } from '../words';

const interval = 15_000; // ms between two words on others' changes

export class Voice {
  readonly region = element('p', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  silent = false;
  private timer: number | undefined;

  constructor(private readonly words: Words) {}

  /** Tells the outcome of the reader's own action. */
  say(sentence: string): void {
    this.region.textContent = sentence;
  }

  /** Notes that somebody else changed what is in view. */
  changed(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      if (!this.silent) this.say(this.words.say('map.changes'));
    }, interval);
  }
}
