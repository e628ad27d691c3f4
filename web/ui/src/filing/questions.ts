// The extra questions of a category. The server writes them; the script fetches its form for a category that has some, so that there is one way to ask.
import { to } from '../base';

export class Questions {
  private readonly box: HTMLElement;
  private readonly asking: Set<string>;
  private shown: string;
  private wanted = ''; // the last category that was asked for: an answer for another comes too late

  constructor(form: HTMLFormElement) {
    const box = form.querySelector<HTMLElement>('.form-questions');
    if (!box) throw new Error('the form has no place for questions');
    this.box = box;
    this.asking = new Set((form.dataset.asks ?? '').split(' '));
    this.shown = box.querySelector<HTMLInputElement>('input[name="questions"]')?.value ?? '';
  }

  /** Shows those of a category. Without network they are not asked now; the server asks when the report comes. */
  async show(slug: string): Promise<void> {
    this.wanted = slug;
    if (slug === this.shown) return;
    if (!this.asking.has(slug)) {
      this.box.replaceChildren();
      this.shown = slug;
      return;
    }
    try {
      const answer = await fetch(to(`/reports/new?category=${encodeURIComponent(slug)}`), { headers: { Accept: 'text/html' } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (this.wanted !== slug) return;
      this.box.replaceChildren(...page.querySelector('.form-questions')?.childNodes ?? []);
      this.shown = slug;
    } catch { /* as said */ }
  }
}
