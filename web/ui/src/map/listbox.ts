// The list of what is in view: the map's second tab stop. At most fifty rows, moved through with the arrow keys; live data may
// change the rows, but neither the focus nor the active row is lost while it stands.
import { element } from '../element';

/** A row: `key` stays the same for the same thing. */
export interface Row {
  key: string;
  text: string;
  mark: string; // class of the shape before the text
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

  constructor(private readonly options: Options) {
    this.list = element('ul', { role: 'listbox', class: 'map-rows', tabindex: 0, 'aria-label': options.label, hidden: true });
    this.list.addEventListener('keydown', (event) => this.press(event));
    this.list.addEventListener('focus', () => this.activate(this.active ?? this.keys()[0]));
    this.list.addEventListener('blur', () => this.options.point(undefined));
    this.list.addEventListener('click', (event) => {
      const key = keyOf(event.target);
      if (key === undefined) return;
      this.activate(key);
      this.options.act(key);
    });
    this.list.addEventListener('pointerover', (event) => this.options.point(keyOf(event.target)));
    this.list.addEventListener('pointerleave', () => this.options.point(undefined));
  }

  /** Shows the rows, at most fifty. */
  show(rows: Row[]): void {
    const old = new Map([...this.list.children].map((child) => [keyOf(child), child]));
    const next = rows.slice(0, most).map((row) => {
      const kept = old.get(row.key);
      if (kept?.textContent === row.text && kept.className === `map-row ${row.mark}`) return kept;
      return element('li', { role: 'option', id: `map-row-${row.key}`, 'data-key': row.key, class: `map-row ${row.mark}`, 'aria-selected': 'false' }, row.text);
    });
    this.list.replaceChildren(...next);
    // An empty list is no tab stop; if it has the focus, it keeps it until the reader leaves.
    this.list.hidden = next.length === 0 && document.activeElement !== this.list;
    const keys = this.keys();
    if (this.active !== undefined && !keys.includes(this.active)) this.active = undefined;
    this.mark(document.activeElement === this.list ? (this.active ?? keys[0]) : this.active);
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

  private mark(key: string | undefined): void {
    this.active = key;
    for (const child of this.list.children) child.setAttribute('aria-selected', String(keyOf(child) === key));
    if (key === undefined) this.list.removeAttribute('aria-activedescendant');
    else this.list.setAttribute('aria-activedescendant', `map-row-${key}`);
  }
}

function keyOf(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('[data-key]')?.dataset.key : undefined;
}
