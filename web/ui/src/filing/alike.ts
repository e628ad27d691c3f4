// Open reports nearby that may tell of the same, while somebody writes. One press supports and follows one of them, instead of filing it again.
import { to } from '../base';
import { element } from '../element';
import type { Status } from '../map/config';
import type { Spot } from '../place/field';
import type { Words } from '../words';

const pause = 500; // ms of no change before the server is asked
const most = 3; // cards

interface Question {
  spot: Spot | undefined;
  category: string;
  text: string;
}

export interface Alike {
  id: number;
  title: string;
  status: string;
  created_at: string;
  distance_m: number;
  photo?: string; // address of its thumbnail
}

/** Reads an answer; what is no report in it is passed over. */
export function readAlikes(answer: unknown): Alike[] {
  const items = (answer as { items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return [];
  return (items as (Partial<Alike> & { photos?: { thumbnail_url?: unknown }[] } | null)[]).flatMap((one) => {
    if (typeof one?.id !== 'number' || typeof one.title !== 'string' || typeof one.status !== 'string' || typeof one.created_at !== 'string' || typeof one.distance_m !== 'number') return [];
    const photo = one.photos?.[0]?.thumbnail_url;
    return [{ id: one.id, title: one.title, status: one.status, created_at: one.created_at, distance_m: one.distance_m, ...(typeof photo === 'string' ? { photo } : {}) }];
  });
}

export class Alikes {
  private readonly passed = new Set<number>(); // those that it is not
  private asked: AbortController | undefined;
  private timer: number | undefined;
  private before = '';

  constructor(
    private readonly box: HTMLElement, private readonly words: Words, private readonly statuses: Status[],
    private readonly question: () => Question, private readonly joined: () => Promise<void>, private readonly token: string,
  ) {}

  /** Something changed. */
  wait(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), pause);
  }

  private async ask(): Promise<void> {
    const { spot, category, text } = this.question();
    if (!spot || (category === '' && text === '')) return this.show([]);
    const body = JSON.stringify({ location: { type: 'Point', coordinates: [spot.lon, spot.lat] }, ...(category !== '' && { category }), ...(text !== '' && { text }) });
    if (body === this.before) return;
    this.asked?.abort();
    const asked = (this.asked = new AbortController());
    try {
      const answer = await fetch(to('/api/v1/reports/similar'), { method: 'POST', signal: asked.signal, headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body });
      if (!answer.ok) return;
      const found = readAlikes(await answer.json());
      this.before = body;
      this.show(found);
    } catch { /* without network nobody knows of them; the service will */ }
  }

  private show(found: Alike[]): void {
    const cards = found.filter(({ id }) => !this.passed.has(id)).slice(0, most).map((one) => this.card(one));
    this.box.replaceChildren(...(cards.length === 0 ? [] : [element('h3', {}, this.words.say('filing.alike')), element('ul', { class: 'alike' }, ...cards)]));
  }

  private card(one: Alike): HTMLElement {
    const { words } = this;
    const state = this.statuses.find(({ name }) => name === one.status)?.label ?? one.status;
    const [same, other] = [element('button', { type: 'button' }, words.say('filing.alike.this')), element('button', { type: 'button', class: 'quiet' }, words.say('filing.alike.not'))];
    const card = element('li', { class: 'alike-card' },
      ...(one.photo === undefined ? [] : [element('img', { src: new URL(one.photo, location.href).pathname, alt: '', width: 96, height: 72 })]),
      element('div', {},
        element('p', { class: 'alike-title' }, element('a', { href: to(`/reports/${one.id}`), target: '_blank', rel: 'noopener' }, one.title)),
        element('p', { class: 'meta' },
          element('span', { class: `status status-${one.status}` }, state),
          element('span', {}, words.say('filing.distance', { distance: `${words.number(Math.round(one.distance_m))} m` })),
          element('time', { datetime: one.created_at }, words.ago(one.created_at))),
        element('p', { class: 'alike-ways' }, same, other)));
    const wrong = element('p', { class: 'error', role: 'alert', hidden: true }, words.say('filing.alike.failed'));
    same.parentElement?.before(wrong);
    same.addEventListener('click', () => {
      same.disabled = true;
      wrong.hidden = true;
      void this.join(one.id).catch(() => {
        same.disabled = false;
        wrong.hidden = false;
      });
    });
    other.addEventListener('click', () => {
      this.passed.add(one.id);
      card.remove();
      if (!this.box.querySelector('.alike-card')) this.box.replaceChildren();
    });
    return card;
  }

  // As the button without script does: the server counts this browser once, and leads to that report. What was typed goes only when it has.
  private async join(id: number): Promise<void> {
    const answer = await fetch(to(`/reports/${id}/support`), { method: 'POST', headers: { Accept: 'text/html' }, body: new URLSearchParams({ csrf: this.token, follow: '1' }) });
    if (!answer.ok) throw new Error(`support: ${answer.status}`);
    await this.joined();
    location.assign(answer.url);
  }
}
