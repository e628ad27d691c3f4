// The form with script: one question a screen, nothing typed ever lost, and told at once what may be better otherwise. Everything ends in the fields that the
// server gave.
import { to } from '../base';
import { element } from '../element';
import { configOf } from '../map/config';
import type { Kept, Problem } from '../outbox/outbox';
import { geocode } from '../place/geocode';
import { Fields, type Spot } from '../place/field';
import { speak, type Words } from '../words';
import { Alikes } from './alike';
import { eraseDraft, handOver, keepDraft, keepPhotos, readDraft, readPhotos } from './draft';
import { Gallery } from './gallery';
import { Kinds } from './kinds';
import { locateBy } from './locate';
import { personalIn, type Personal } from './personal';
import { preview } from './preview';
import { Questions } from './questions';
import { names, Steps, type Step } from './steps';
import { blame, bodyOf, refusedFiling, submit, unblame } from './submit';
import { suggest } from './suggest';
import { answerAsTyped, begun, typedIn, typeInto, valueOf, type Typed } from './typed';

const pause = 400; // ms of no typing before something is kept or asked
const sure = 0.6; // share from which a text speaks against the category that was chosen
const apart = 0.0005; // degrees, some 50 m: a photo's place that differs so much from the chosen one is offered

const warnings = { email: 'filing.personal.email', phone: 'filing.personal.phone', plate: 'filing.personal.plate' } as const satisfies Record<Personal, string>;

export async function start(form: HTMLFormElement): Promise<void> {
  const island = document.querySelector<HTMLElement>('[data-island="place"]');
  if (!island) throw new Error('the form has no map');
  const config = await configOf(island);
  new Form(form, speak(config.lang, config.words), config.statuses).begin();
}

class Form {
  private readonly fields: Fields;
  private readonly kinds: Kinds;
  private readonly steps: Steps;
  private readonly gallery: Gallery;
  private readonly alikes: Alikes;
  private readonly questions: Questions;
  private readonly said: HTMLElement;
  private timer: number | undefined;
  private asked: AbortController | undefined;
  private kept = ''; // the category that somebody keeps against what the text suggests
  private opened = false; // what was left here before has been looked at
  private gone = false; // nothing is kept any more

  constructor(private readonly form: HTMLFormElement, private readonly words: Words, statuses: ConstructorParameters<typeof Alikes>[2]) {
    this.fields = new Fields(form);
    this.kinds = new Kinds(form);
    this.questions = new Questions(form);
    this.said = element('p', { class: 'sr', role: 'status' });
    form.prepend(this.said);
    this.steps = new Steps(form, { missing: (step) => this.missing(step), shown: (step, n) => this.shown(step, n) });
    this.gallery = new Gallery({
      field: this.part('.form-photos'), words, changed: () => this.photosChanged(), place: (spot) => this.offerPlace(spot),
    });
    this.alikes = new Alikes(this.part('.form-alike'), words, statuses,
      () => ({ spot: this.fields.read(), category: this.kinds.chosen()?.slug ?? '', text: this.text() }), () => this.forget(), valueOf(form, 'csrf'));
  }

  begin(): void {
    const { form } = this;
    this.part('.form-first').hidden = false;
    this.part('.form-find').hidden = false;
    locateBy(this.part('.form-locate'), this.part('.form-located'), this.words, (spot) => this.putAt(spot));
    const camera = this.part<HTMLInputElement>('.form-camera input');
    camera.addEventListener('change', () => {
      const files = [...camera.files ?? []];
      camera.value = '';
      void this.gallery.add(files);
    });
    const search = this.part<HTMLInputElement>('#kind-search');
    search.addEventListener('input', () => this.search(search.value));
    search.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      this.part('#kind-found').querySelector('button')?.click();
    });
    for (const name of ['input', 'change', 'placed']) form.addEventListener(name, () => this.changed());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      void this.send();
    });
    addEventListener('pagehide', () => this.keep());
    addEventListener('leave', () => this.end());
    addEventListener('pageshow', ({ persisted }) => { if (persisted && this.gone) location.replace(to('/reports/new')); }); // it was filed: once
    this.part('.form-resume').addEventListener('click', () => void this.resume());
    this.part('.form-forget').addEventListener('click', () => {
      this.part('.form-draft').hidden = true;
      void eraseDraft();
    });
    void this.open();
  }

  // Whoever reloads goes on; whoever comes back is asked; what the server refused is what was typed last.
  private async open(): Promise<void> {
    const refused = document.querySelector('.error-summary') !== null;
    const waiting = new URLSearchParams(location.search).get('outbox');
    const one = waiting === null ? undefined : await refusedFiling(waiting);
    const draft = refused || one ? undefined : readDraft();
    // A page that the service worker keeps is the same each time: two reports written on it would be one.
    if (!refused && 'randomUUID' in crypto) this.part<HTMLInputElement>('[name="uuid"]').value = crypto.randomUUID();
    if (one) await this.correct(one);
    else if (draft?.own) await this.resume();
    else this.part('.form-draft').hidden = draft === undefined;
    this.opened = true;
    const first = names.find((name) => name === this.form.dataset.step) ?? 'where';
    await this.steps.begin(first, to('/reports/new') + (refused ? '' : location.search));
    if (one?.refused) this.refused(one.refused);
    else if (refused) document.querySelector<HTMLElement>('.error-summary')?.focus();
  }

  // What the server refused while nobody looked at it: it is in the outbox, not in the draft.
  private async correct({ uuid, body, photos, uploaded, at }: Kept): Promise<void> {
    const typed: Typed = { uuid: [uuid] };
    for (const name of ['title', 'description', 'address', 'email']) if (typeof body[name] === 'string') typed[name] = [body[name]];
    const [lon, lat] = (body.location as { coordinates: number[] }).coordinates;
    [typed.lat, typed.lon] = [[String(lat)], [String(lon)]];
    for (const [code, answer] of Object.entries(body.attributes ?? {})) typed[`answer.${code}`] = answerAsTyped(String(answer));
    typeInto(this.form, typed);
    this.kinds.choose(String(body.category));
    await this.questions.show(String(body.category));
    this.answer(typed);
    this.form.querySelector('#lat')?.dispatchEvent(new Event('change'));
    this.gallery.restore(photos.map((blob, i) => ({ blob, name: `${i + 1}`, id: uploaded[i] ?? '', at })));
  }

  private answer(typed: Typed): void {
    typeInto(this.form, { ...typedIn(this.form), ...Object.fromEntries(Object.entries(typed).filter(([name]) => name.startsWith('answer.'))) });
  }

  private async resume(): Promise<void> {
    this.part('.form-draft').hidden = true;
    const draft = readDraft();
    if (!draft) return;
    this.opened = false; // its photos are not there yet: nothing takes their place
    typeInto(this.form, draft.typed);
    await this.questions.show(this.kinds.chosen()?.slug ?? '');
    this.answer(draft.typed);
    this.form.querySelector('#lat')?.dispatchEvent(new Event('change')); // the map goes there
    const photos = await readPhotos();
    this.opened = true;
    this.gallery.restore(photos);
  }

  private async missing(step: Step): Promise<string> {
    const { words } = this;
    switch (step) {
      case 'where':
        if (!this.fields.read()) await this.placeByAddress();
        return this.fields.read() ? '' : words.say('filing.wanted.where');
      case 'what': {
        const kind = this.kinds.chosen();
        if (kind) await this.questions.show(kind.slug);
        return kind ? '' : words.say('filing.wanted.what');
      }
      case 'details':
        return valueOf(this.form, 'title') === '' ? words.say('filing.wanted.title') : '';
      case 'send':
        return '';
    }
  }

  // An address that was typed and not chosen, as the server would take it: the first that fits exactly one place is not known here, so the likeliest is shown.
  private async placeByAddress(): Promise<void> {
    const address = valueOf(this.form, 'address');
    if (address === '') return;
    try {
      const [found] = await geocode(address, AbortSignal.timeout(5000));
      if (!found) return;
      this.putAt(found);
      if (this.fields.address) this.fields.address.value = found.label;
    } catch { /* then it is shown on the map */ }
  }

  private shown(step: Step, n: number): void {
    this.say(this.words.say('filing.step', { n: n + 1, of: names.length, name: this.form.querySelector(`#step-${step} h2`)?.lastChild?.textContent ?? '' }));
    if (step === 'details') this.alikes.wait();
    if (step === 'what' && this.text() !== '') void this.suggestTiles(this.text());
    if (step === 'send') preview(this.form, this.kinds, this.fields.read(), this.gallery.sources(), this.words);
  }

  // A photo is kept at once: a telephone that runs short of memory ends the page behind the camera.
  private photosChanged(): void {
    this.keepAll();
    this.changed();
  }

  private keepAll(): void {
    if (this.keep()) void keepPhotos(this.gallery.kept());
  }

  private changed(): void {
    this.steps.complain(this.steps.now, '');
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.keepAll();
      this.warn();
      void this.suggestOther();
    }, pause);
    this.alikes.wait();
    if (this.steps.now === 'send') preview(this.form, this.kinds, this.fields.read(), this.gallery.sources(), this.words);
  }

  // Not before the draft that was left has been read; and one that is offered stays until something new is begun. Whether something was kept.
  private keep(): boolean {
    const typed = typedIn(this.form);
    const offer = this.part('.form-draft');
    const writes = begun(typed) || this.gallery.kept().length > 0;
    if (!this.opened || this.gone || !(writes || (offer.hidden && this.steps.now !== 'where'))) return false;
    offer.hidden = true;
    keepDraft(typed);
    return true;
  }

  private end(): void {
    this.gone = true;
    this.form.autocomplete = 'off'; // nor does the browser fill it in when somebody comes back
    window.clearTimeout(this.timer);
  }

  private forget(): Promise<void> {
    this.end();
    return eraseDraft();
  }

  // By the outbox; where the browser keeps nothing, as any form. What the outbox has is no draft any more: whoever reloads meanwhile would file it twice.
  private async send(): Promise<void> {
    const { form, words } = this;
    const button = this.part<HTMLButtonElement>('.form-send');
    if (button.disabled) return;
    const label = button.textContent;
    button.disabled = true;
    button.textContent = words.say('filing.sending');
    this.keep();
    this.say(words.say('filing.sending'));
    try {
      this.gallery.stop();
      const uuid = valueOf(form, 'uuid');
      const outcome = await submit({ uuid, body: bodyOf(form, this.kinds.chosen()?.slug ?? ''), ...this.gallery.parts() }, () => this.forget());
      if (outcome.kind === 'refused') return this.refused(outcome.problem);
      if (outcome.kind === 'filed') return location.assign(outcome.thanks);
      this.waits();
    } catch {
      await this.gallery.resume();
      this.end();
      handOver();
      form.submit();
    } finally {
      button.disabled = false;
      button.textContent = label;
    }
  }

  private refused(problem: Problem): void {
    this.gone = false;
    this.form.autocomplete = 'on';
    this.photosChanged(); // it is a draft again
    unblame(this.form);
    const first = blame(this.form, problem, this.words.say('filing.problem'));
    void this.gallery.resume();
    this.steps.showWith(first);
    document.querySelector<HTMLElement>('.error-summary')?.focus();
  }

  // The report is in the outbox, which says so above; the form is done.
  private waits(): void {
    const told = element('div', { class: 'notice', tabindex: -1 }, element('h2', {}, this.words.say('filing.waits')), element('p', {}, this.words.say('filing.waits.how')),
      element('p', {}, element('a', { href: to('/reports/new') }, this.words.say('filing.waits.another'))));
    document.querySelector('.error-summary')?.remove();
    this.form.replaceWith(told);
    told.focus();
  }

  private text(): string {
    return [valueOf(this.form, 'title'), valueOf(this.form, 'description')].join('\n').trim();
  }

  private warn(): void {
    this.part('.form-warnings').replaceChildren(...personalIn(this.text()).map((kind) => element('p', { class: 'notice form-warning' }, this.words.say(warnings[kind]))));
  }

  private search(query: string): void {
    const found = this.kinds.find(query);
    this.foundKinds(query, found);
    if (found.length === 0) void this.suggestTiles(query);
  }

  private foundKinds(query: string, found: ReturnType<Kinds['find']>, label = ''): void {
    const box = this.part('#kind-found');
    const taken = () => {
      box.replaceChildren();
      void this.steps.next();
    };
    const none = query !== '' && found.length === 0 ? [element('p', { class: 'hint' }, this.words.say('filing.kinds.none'))] : [];
    box.replaceChildren(...none, ...(label === '' || found.length === 0 ? [] : [element('p', { class: 'hint' }, label)]), ...this.kinds.buttons(found, taken));
  }

  private async suggestTiles(text: string): Promise<void> {
    const found = await this.suggested(text);
    if (found.length > 0) this.foundKinds('', found.map(({ kind }) => kind), this.words.say('filing.suggested'));
  }

  // In the details, where the text speaks against the category.
  private async suggestOther(): Promise<void> {
    const chosen = this.kinds.chosen();
    const box = this.part('.form-warnings');
    if (this.steps.now !== 'details' || !chosen || this.kept === chosen.slug || this.text() === '') return;
    const [best] = await this.suggested(this.text());
    box.querySelector('.form-other')?.remove();
    if (!best || best.share < sure || best.kind.slug === chosen.slug) return;
    const keep = element('button', { type: 'button', class: 'quiet' }, this.words.say('filing.suggest.keep', { name: chosen.label }));
    const other = element('div', { class: 'notice form-other' }, element('p', {}, this.words.say('filing.suggest.against')),
      element('p', {}, ...this.kinds.buttons([best.kind], (kind) => {
        other.remove();
        void this.questions.show(kind.slug);
      }), ' ', keep));
    keep.addEventListener('click', () => {
      this.kept = chosen.slug;
      other.remove();
    });
    box.append(other);
  }

  private async suggested(text: string): Promise<{ kind: { slug: string; label: string }; share: number }[]> {
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    const list = await suggest(text, asked.signal);
    if (asked.signal.aborted) return [];
    return list.flatMap(({ category, share }) => {
      const kind = this.kinds.named(category);
      return kind ? [{ kind, share }] : [];
    });
  }

  private offerPlace(spot: Spot): void {
    const now = this.fields.read();
    if (now && Math.abs(now.lat - spot.lat) < apart && Math.abs(now.lon - spot.lon) < apart) return;
    const offer = this.part('.form-photo-place');
    offer.hidden = false;
    const [take, leave] = [this.part<HTMLButtonElement>('.form-photo-take'), this.part<HTMLButtonElement>('.form-photo-leave')];
    take.onclick = () => {
      offer.hidden = true;
      this.putAt(spot);
    };
    leave.onclick = () => { offer.hidden = true; };
    take.focus();
  }

  // As if it had been typed: the map hears it, and finds the address.
  private putAt(spot: Spot): void {
    this.fields.write(spot);
    this.form.querySelector('#lat')?.dispatchEvent(new Event('change'));
  }

  private say(sentence: string): void {
    this.said.textContent = sentence;
  }

  private part<T extends HTMLElement>(selector: string): T {
    const found = this.form.querySelector<T>(selector);
    if (!found) throw new Error(`the form has no ${selector}`);
    return found;
  }
}
