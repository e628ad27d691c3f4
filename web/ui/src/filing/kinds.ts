// The categories of the form: which is chosen, which fit what somebody types. The tiles, chips and lists that the server gave are the only list there is.
import { element } from '../element';
import { fold } from '../map/fold';

const most = 6; // categories found

export interface Kind {
  slug: string;
  label: string;
}

export class Kinds {
  private readonly all: Kind[] = [];

  constructor(private readonly form: HTMLFormElement) {
    for (const radio of this.radios()) if (radio.value !== '*') this.all.push({ slug: radio.value, label: radio.closest('label')?.textContent.trim() ?? '' });
    for (const option of form.querySelectorAll<HTMLOptionElement>('select[name^="more."] option')) {
      if (option.value !== '') this.all.push({ slug: option.value, label: option.textContent.trim() });
    }
  }

  /** The category that the form will send, as the server reads it: a list below a category is more exact. */
  chosen(): Kind | undefined {
    const radio = this.radios().find(({ checked }) => checked);
    if (!radio) return undefined;
    const slug = this.list(radio.value)?.value || radio.value;
    return this.named(slug);
  }

  named(slug: string): Kind | undefined {
    return this.all.find((kind) => kind.slug === slug);
  }

  /** The sign of the chosen category. */
  badge(): Element | undefined {
    return this.radios().find(({ checked }) => checked)?.closest('.kind')?.querySelector('.badge')?.cloneNode(true) as Element | undefined;
  }

  choose(slug: string): void {
    const radio = this.radios().find(({ value }) => value === slug);
    const option = this.form.querySelector<HTMLOptionElement>(`select[name^="more."] option[value="${CSS.escape(slug)}"]`);
    if (radio) {
      radio.checked = true;
      const list = this.list(slug);
      if (list) list.value = '';
    } else if (option) {
      const list = option.closest('select')!;
      list.value = slug;
      const above = this.radios().find(({ value }) => value === list.name.slice('more.'.length));
      if (above) above.checked = true;
    }
    (radio ?? option?.closest('select'))?.dispatchEvent(new Event('change', { bubbles: true }));
  }

  /** The categories whose name has every word that was typed, those that begin with it first. */
  find(query: string): Kind[] {
    return findIn(this.all, query);
  }

  /** Buttons that choose. */
  buttons(kinds: Kind[], taken: (kind: Kind) => void): HTMLElement[] {
    return kinds.map((kind) => {
      const button = element('button', { type: 'button', class: 'quiet' }, kind.label);
      button.addEventListener('click', () => {
        this.choose(kind.slug);
        taken(kind);
      });
      return button;
    });
  }

  private radios(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>('input[name="category"]')];
  }

  private list(slug: string): HTMLSelectElement | null {
    return this.form.querySelector<HTMLSelectElement>(`select[name="more.${CSS.escape(slug)}"]`);
  }
}

export function findIn(all: Kind[], query: string): Kind[] {
  const wanted = fold(query).split(' ').filter((word) => word !== '');
  if (wanted.length === 0) return [];
  const rank = (label: string) => (label.startsWith(wanted.join(' ')) ? 0 : 1);
  return all
    .map((kind) => ({ kind, label: fold(kind.label) }))
    .filter(({ label }) => wanted.every((word) => ` ${label}`.includes(` ${word}`)))
    .sort((a, b) => rank(a.label) - rank(b.label))
    .slice(0, most)
    .map(({ kind }) => kind);
}
