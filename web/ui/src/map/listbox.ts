// The list of what is in view: the map's second tab stop. At most fifty rows, moved through with the arrow keys; live data may
// change the rows, but neither the focus nor the active row nor the scroll is lost while it stands.
import { element } from '../element';

/** A row: `key` stays the same for the same thing, `print` for the same look of it. */
export interface Row {
  key: string;
  print: string;
  draw: () => (Node | string)[];
}

export const most = 50;

interface Options {
  label: string;
  act: (key: string) => void; // Enter, Space or a click
  point: (key: string | undefined) => void; // the active or hovered row
  back: () => void; // Escape
}

export class Listbox {
  readonly list: HTMLUListElement;
  private active: string | undefined;
  private lit = new Set<string>();

  constructor(private readonly options: Options) {
    this.list = element('ul', { role: 'listbox', class: 'map-rows', tabindex: 0, 'aria-label': options.label, hidden: true });
    this.list.addEventListener('keydown', (event) => this.press(event));
    // A press brings the focus too, and must not scroll its row away from under the finger.
    this.list.addEventListener('focus', () => {
      if (this.list.matches(':focus-visible')) this.activate(this.active ?? this.keys()[0]);
    });
    this.list.addEventListener('blur', () => this.options.point(undefined));
    this.list.addEventListener('click', (event) => {
      const key = keyOf(event.target);
      if (key === undefined) return;
      this.mark(key);
      this.options.act(key);
    });
    this.list.addEventListener('pointerover', (event) => this.options.point(keyOf(event.target)));
    this.list.addEventListener('pointerleave', () => this.options.point(undefined));
  }

  /** Shows the rows, at most fifty. With `fresh`, those that were not there before are marked as new for a moment. */
  show(rows: Row[], fresh: boolean): void {
    const old = new Map([...this.list.children].map((child) => [keyOf(child), child]));
    const next = rows.slice(0, most).map((row) => {
      const kept = old.get(row.key);
      if (kept instanceof HTMLElement && kept.dataset.print === row.print) return kept;
      const isNew = fresh && !kept;
      return element('li', {
        role: 'option', id: `map-row-${row.key}`, 'data-key': row.key, 'data-print': row.print, class: isNew ? 'map-row fresh' : 'map-row', 'aria-selected': 'false',
      }, ...row.draw());
    });
    this.replace(next);
    // An empty list is no tab stop; if it has the focus, it keeps it until the reader leaves.
    this.list.hidden = next.length === 0 && document.activeElement !== this.list;
    const keys = this.keys();
    if (this.active !== undefined && !keys.includes(this.active)) this.active = undefined;
    this.mark(document.activeElement === this.list ? (this.active ?? keys[0]) : this.active);
    this.light(this.lit);
  }

  /** Lights rows, as their places on the map are pointed at; with `seen`, the first of them is brought into sight. */
  light(keys: Set<string>, seen = false): void {
    this.lit = keys;
    let first: Element | undefined;
    for (const child of this.list.children) {
      const on = keys.has(keyOf(child) ?? '');
      child.classList.toggle('lit', on);
      if (on) first ??= child;
    }
    if (seen) first?.scrollIntoView({ block: 'nearest' });
  }

  /** The key of the row before or after a row. */
  beside(key: string, by: 1 | -1): string | undefined {
    const keys = this.keys();
    const at = keys.indexOf(key);
    return at < 0 ? undefined : keys[at + by];
  }

  /** Makes a row the active one, without taking the focus. */
  mark(key: string | undefined): void {
    this.active = key;
    for (const child of this.list.children) child.setAttribute('aria-selected', String(keyOf(child) === key));
    if (key === undefined) this.list.removeAttribute('aria-activedescendant');
    else this.list.setAttribute('aria-activedescendant', `map-row-${key}`);
  }

  // Rows that stay are not touched: what is scrolled to and what is being animated stays as it is.
  private replace(next: Element[]): void {
    const wanted = new Set(next);
    for (const child of [...this.list.children]) if (!wanted.has(child)) child.remove();
    next.forEach((row, i) => {
      const there = this.list.children[i];
      if (there !== row) this.list.insertBefore(row, there ?? null);
    });
  }

  private keys(): string[] {
    return [...this.list.children].map((child) => keyOf(child) ?? '');
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = this.keys();
    const at = keys.indexOf(this.active ?? '');
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: keys.length - 1, PageDown: at + 10, PageUp: at - 10 };
    const to = moves[event.key];
    if (to !== undefined) this.activate(keys[Math.max(0, Math.min(keys.length - 1, to))]);
    else if ((event.key === 'Enter' || event.key === ' ') && this.active !== undefined) this.options.act(this.active);
    else if (event.key === 'Escape') this.options.back();
    else return;
    event.preventDefault();
  }

  private activate(key: string | undefined): void {
    this.mark(key);
    this.options.point(key);
    if (key !== undefined) document.getElementById(`map-row-${key}`)?.scrollIntoView({ block: 'nearest' });
  }
}

function keyOf(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset.key : undefined;
}
