// The photos of the form: chosen, dropped, pasted or taken; made small, sent at once while somebody writes, put in order, taken away. Their ids stand in the
// form as they do without script.
import { element } from '../element';
import type { Spot } from '../place/field';
import type { Words } from '../words';
import type { KeptPhoto } from './draft';
import { head, placeIn } from './exif';
import { shrink } from './photo';
import { Refused, upload } from './upload';

const most = 6;
const tries = 3; // before an upload waits for the network
const fresh = 20 * 3600_000; // ms for which a photo that was sent is surely still there

interface Item {
  blob: Blob | undefined; // undefined: the server has it
  name: string;
  id: string;
  at: number;
  source: string; // address of what is shown
  state: 'sending' | 'waiting' | 'sent';
  share: number;
}

interface Options {
  field: HTMLElement;
  words: Words;
  changed: () => void;
  place: (spot: Spot) => void; // a photo said where it was taken
}

export class Gallery {
  private items: Item[] = [];
  private readonly list = element('ul', { class: 'photo-list' });
  private readonly input: HTMLInputElement;
  private readonly wrong: HTMLElement;
  private uploading: { item: Item; stop: AbortController } | undefined;
  private ended = false; // the outbox sends what is left
  private tried = 0;
  private idle: (() => void)[] = [];

  constructor(private readonly options: Options) {
    const { field, words } = options;
    const input = field.querySelector<HTMLInputElement>('input[type="file"]');
    if (!input) throw new Error('the field of photos has no input');
    this.input = input;
    this.wrong = field.querySelector<HTMLElement>('#photo-error') ?? element('p', { class: 'error', id: 'photo-error', hidden: true });
    this.wrong.setAttribute('role', 'alert');
    for (const [i, kept] of [...field.querySelectorAll<HTMLInputElement>('.photo-kept input')].entries()) {
      const source = kept.closest('li')?.querySelector('img')?.src ?? '';
      this.items.push({ blob: undefined, name: `${i + 1}`, id: kept.value, at: Date.now(), source, state: 'sent', share: 1 });
    }
    field.querySelector('.photo-kept')?.remove();
    input.before(this.wrong, this.list, element('p', { class: 'hint photo-drop' }, words.say('filing.photos.drop')));
    input.addEventListener('change', () => {
      const files = [...input.files ?? []];
      input.value = ''; // they are the gallery's now
      void this.add(files);
    });
    field.addEventListener('dragover', (event) => event.preventDefault());
    field.addEventListener('drop', (event) => {
      event.preventDefault();
      void this.add([...event.dataTransfer?.files ?? []]);
    });
    document.addEventListener('paste', (event) => {
      const files = [...event.clipboardData?.files ?? []].filter(({ type }) => type.startsWith('image/'));
      if (files.length === 0) return;
      event.preventDefault();
      void this.add(files);
    });
    addEventListener('online', () => { if (!this.ended) this.retry(); });
    this.draw();
  }

  /** Takes photos. */
  async add(files: File[]): Promise<void> {
    const { words } = this.options;
    this.complain('');
    for (const file of files) {
      if (this.items.length >= most) return this.complain(words.say('filing.photos.many'));
      if (file.size === 0) {
        this.complain(words.say('filing.photos.failed', { name: file.name, detail: words.say('filing.photos.refused') }));
        continue;
      }
      const spot = placeIn(new Uint8Array(await file.slice(0, head).arrayBuffer()));
      if (spot) this.options.place(spot);
      const blob = await shrink(file);
      if (this.items.length >= most) return this.complain(words.say('filing.photos.many')); // others came meanwhile
      this.items.push({ blob, name: file.name, id: '', at: 0, source: URL.createObjectURL(blob), state: 'sending', share: 0 });
      this.changed();
      void this.sendNext();
    }
  }

  /** Takes the photos of a draft. */
  restore(kept: KeptPhoto[]): void {
    for (const { blob, name, id, at } of kept.slice(0, most - this.items.length)) {
      const there = id !== '' && Date.now() - at < fresh;
      this.items.push({ blob, name, id: there ? id : '', at, source: URL.createObjectURL(blob), state: there ? 'sent' : 'sending', share: there ? 1 : 0 });
    }
    this.changed();
    void this.sendNext();
  }

  /** What a draft keeps. */
  kept(): KeptPhoto[] {
    return this.items.flatMap(({ blob, name, id, at }) => (blob ? [{ blob, name, id, at }] : []));
  }

  /** The photos in their order, and the ids of the first of them that have been sent. */
  parts(): { photos: Blob[]; uploaded: string[] } {
    const without = this.items.findIndex(({ id }) => id === '');
    return { photos: this.items.map(({ blob }) => blob ?? new Blob()), uploaded: this.items.slice(0, without < 0 ? undefined : without).map(({ id }) => id) };
  }

  /** Addresses of what is shown. */
  sources(): string[] {
    return this.items.map(({ source }) => source);
  }

  /** Goes on sending, and waits until nothing is on its way any more; what waits for the network is not waited for. */
  async resume(): Promise<void> {
    this.ended = false;
    this.retry();
    while (this.uploading) await new Promise<void>((done) => this.idle.push(done));
  }

  /** Ends what is on its way: somebody else sends it. */
  stop(): void {
    this.ended = true;
    for (const item of this.items) if (item.id === '') item.state = 'waiting';
    this.uploading?.stop.abort();
  }

  complain(sentence: string): void {
    this.wrong.textContent = sentence;
    this.wrong.hidden = sentence === '';
    this.options.field.classList.toggle('wrong', sentence !== '');
  }

  private retry(): void {
    for (const item of this.items) if (item.state === 'waiting') item.state = 'sending';
    this.tried = 0;
    this.draw();
    void this.sendNext();
  }

  // One after the other: the first gives this browser the secret by which the others are its own.
  private async sendNext(): Promise<void> {
    const item = this.items.find(({ id, state }) => id === '' && state === 'sending');
    if (!item?.blob || this.uploading) return;
    const stop = new AbortController();
    this.uploading = { item, stop };
    try {
      item.id = await upload(item.blob, (share) => {
        item.share = share;
        this.list.querySelectorAll('progress').forEach((bar) => { if (bar.dataset.source === item.source) bar.value = share; });
      }, stop.signal);
      [item.state, item.at, this.tried] = ['sent', Date.now(), 0];
    } catch (cause) {
      if (cause instanceof Refused) {
        this.items = this.items.filter((one) => one !== item);
        const { words } = this.options;
        this.complain(words.say('filing.photos.failed', { name: item.name, detail: cause.message || words.say('filing.photos.refused') }));
      } else if (!stop.signal.aborted && ++this.tried >= tries) item.state = 'waiting';
      else if (!stop.signal.aborted) await new Promise((next) => setTimeout(next, 1000 * this.tried));
    }
    this.uploading = undefined;
    this.changed();
    this.idle.splice(0).forEach((done) => done());
    void this.sendNext();
  }

  private changed(): void {
    this.draw();
    this.options.changed();
  }

  private remove(item: Item): void {
    if (this.uploading?.item === item) this.uploading.stop.abort();
    this.items = this.items.filter((one) => one !== item);
    if (item.blob) URL.revokeObjectURL(item.source);
    this.changed();
    this.input.focus();
  }

  private earlier(at: number): void {
    const [item] = this.items.splice(at, 1);
    if (item) this.items.splice(at - 1, 0, item);
    this.changed();
    this.list.querySelectorAll<HTMLElement>('.photo-earlier')[Math.max(0, at - 2)]?.focus();
  }

  private draw(): void {
    const { words } = this.options;
    this.list.replaceChildren(...this.items.map((item, i) => {
      const n = i + 1;
      const [remove, earlier] = [
        element('button', { type: 'button', class: 'quiet', 'aria-label': words.say('filing.photos.remove', { n }) }, '✕'),
        element('button', { type: 'button', class: 'quiet photo-earlier', 'aria-label': words.say('filing.photos.earlier', { n }) }, '←'),
      ];
      remove.addEventListener('click', () => this.remove(item));
      earlier.addEventListener('click', () => this.earlier(i));
      const progress = element('progress', { max: 1, value: item.share, 'aria-label': words.say('filing.photos.sending'), 'data-source': item.source });
      return element('li', {},
        element('img', { src: item.source, alt: words.say('filing.photos.item', { n }) }),
        item.state === 'sending' ? progress : element('small', {}, words.say(item.state === 'sent' ? 'filing.photos.sent' : 'filing.photos.waiting')),
        ...(i > 0 ? [earlier] : []), remove,
        ...(item.id === '' ? [] : [element('input', { type: 'hidden', name: 'photos', value: item.id })]));
    }));
    this.list.hidden = this.items.length === 0;
  }
}
