// One question a screen. The steps are the sections of the page that the server gave; the address names the one that is seen, so that the browser's own
// back and forward move between them.

export const names = ['where', 'what', 'details', 'send'] as const;
export type Step = (typeof names)[number];

interface Options {
  /** What is missing before this step can be left; empty: nothing. It may ask the server. */
  missing: (step: Step) => string | Promise<string>;
  /** A step is seen now. */
  shown: (step: Step, n: number) => void;
}

export class Steps {
  now: Step = 'where';
  private readonly bar: HTMLElement;
  private readonly progress: HTMLElement;
  private readonly send: HTMLButtonElement;

  constructor(private readonly form: HTMLFormElement, private readonly options: Options) {
    const find = <T extends Element>(selector: string) => {
      const found = form.querySelector<T>(selector);
      if (!found) throw new Error(`the form has no ${selector}`);
      return found;
    };
    this.bar = find('.form-bar');
    this.progress = find('.form-progress');
    this.send = find('.form-send');
    this.send.classList.remove('quiet');
    this.bar.append(this.send);
    this.bar.hidden = this.progress.hidden = false;
    form.classList.add('stepped');
    find<HTMLButtonElement>('.form-back').addEventListener('click', () => this.back());
    find<HTMLButtonElement>('.form-next').addEventListener('click', () => void this.next());
    this.progress.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link) return;
      event.preventDefault();
      void this.go(link.hash.slice('#step-'.length) as Step);
    });
    addEventListener('popstate', () => this.show(stepOf(location.hash) ?? 'where', true));
    // Enter in a field goes on; only at the end it sends.
    form.addEventListener('submit', (event) => {
      if (this.now === 'send') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void this.next();
    });
    // What is wrong leads to its field, wherever that is.
    document.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('.error-summary a') : null;
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      this.showWith(field);
      field.focus();
    });
  }

  /** Shows the step in which a field stands. */
  showWith(field: Element | null | undefined): void {
    const step = stepOf(`#${field?.closest('.form-step')?.id ?? ''}`);
    if (step) this.to(step);
  }

  /** Begins: with the step that the address names, if all before it is there. */
  async begin(first: Step, address: string): Promise<void> {
    const wanted = stepOf(location.hash);
    const step = wanted === undefined || first !== 'where' ? first : await this.reachable(wanted);
    history.replaceState(null, '', `${address}${step === 'where' ? '' : `#step-${step}`}`);
    this.show(step, false);
  }

  async next(): Promise<void> {
    const following = names[names.indexOf(this.now) + 1];
    if (following) await this.go(following);
  }

  back(): void {
    const before = names[names.indexOf(this.now) - 1];
    if (before) this.to(before);
  }

  /** Goes to a step, or to the first before it at which something is missing. */
  async go(step: Step): Promise<void> {
    this.to(await this.reachable(step));
  }

  /** Says what is missing at a step, beside its question. */
  complain(step: Step, sentence: string): void {
    const section = this.section(step);
    section.querySelector('.form-missing')?.remove();
    if (sentence === '') return;
    const said = document.createElement('p');
    said.className = 'error form-missing';
    said.setAttribute('role', 'alert');
    said.textContent = sentence;
    section.querySelector('h2')?.after(said);
  }

  private async reachable(step: Step): Promise<Step> {
    for (const one of names.slice(0, names.indexOf(step))) {
      const missing = await this.options.missing(one);
      this.complain(one, missing);
      if (missing !== '') return one;
    }
    return step;
  }

  private to(step: Step): void {
    if (step !== this.now) history.pushState(null, '', `#step-${step}`);
    this.show(step, true);
  }

  private show(step: Step, moved: boolean): void {
    const changed = step !== this.now;
    this.now = step;
    const n = names.indexOf(step);
    for (const one of names) this.section(one).hidden = one !== step;
    this.progress.querySelectorAll('a').forEach((link, i) => {
      if (i === n) link.setAttribute('aria-current', 'step');
      else link.removeAttribute('aria-current');
      link.parentElement?.classList.toggle('done', i < n);
    });
    this.form.querySelector<HTMLElement>('.form-back')!.hidden = n === 0;
    this.form.querySelector<HTMLElement>('.form-next')!.hidden = step === 'send';
    this.send.hidden = step !== 'send';
    this.options.shown(step, n);
    if (!moved || !changed) return;
    this.form.scrollIntoView({ block: 'start' });
    this.section(step).querySelector('h2')?.focus({ preventScroll: true });
  }

  private section(step: Step): HTMLElement {
    const section = this.form.querySelector<HTMLElement>(`#step-${step}`);
    if (!section) throw new Error(`the form has no step ${step}`);
    return section;
  }
}

function stepOf(hash: string): Step | undefined {
  return names.find((name) => hash === `#step-${name}`);
}
