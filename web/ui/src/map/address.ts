// The page's address as the one place of the map's state. Whatever the reader decides (a filter, a card, a layer) is one step that
// "back" undoes; moving the map rewrites in place, because nobody wants to undo a hundred small moves.
import { format, parse, type State } from './state';

export class Address {
  constructor(private readonly heard: () => void) {
    window.addEventListener('popstate', heard);
  }

  get state(): State {
    return parse(location.search);
  }

  /** The address of a state that differs from the present one. */
  of(change: Partial<State>): string {
    return location.pathname + format({ ...this.state, ...change });
  }

  /** Goes on to a state that differs from the present one: a step of history. Nothing happens when it does not differ. */
  step(change: Partial<State>): void {
    if (this.of(change) === this.of({})) return;
    history.pushState({ opens: change.report !== undefined }, '', this.of(change));
    this.heard();
  }

  /** Writes into the present step. `heard` tells whether others are to follow. */
  rewrite(change: Partial<State>, heard: boolean): void {
    history.replaceState(history.state, '', this.of(change));
    if (heard) this.heard();
  }

  /** Opens a report: a step of history. While one is open the other takes its place, so that closing leads out of both. */
  open(report: number): void {
    if (this.opens || this.state.report !== undefined) this.rewrite({ report }, true);
    else this.step({ report });
  }

  /** Closes what is open: undoes the step that opened it, or, when another step or another page lies between, makes one. */
  close(): void {
    if (this.opens) history.back();
    else this.step({ report: undefined });
  }

  private get opens(): boolean {
    return (history.state as { opens?: boolean } | null)?.opens === true;
  }
}
