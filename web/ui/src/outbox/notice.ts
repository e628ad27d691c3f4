// Says, in one polite line below the header, what waits to be sent, what was sent meanwhile and what must be corrected. Nothing, when there is none.
import { to } from '../base';
import { element } from '../element';
import type { Words } from '../words';
import { drop, sendWaiting } from './outbox';
import type { News } from './queue';
import { wordsAt } from './said';
import { allKept, type Kept } from './store';

export class Notice {
  private readonly root = element('aside', { class: 'outbox no-print', role: 'status' });
  private readonly list = document.querySelector('[data-outbox]'); // the page without a network names what waits
  private readonly filed: News[] = [];
  private words: Promise<Words> | undefined;

  constructor(private readonly address: string) {
    document.querySelector('main')?.before(this.root);
  }

  /** Shows how things stand after some news. */
  async show(news: News): Promise<void> {
    if (news.filed !== undefined) this.filed.push(news);
    const all = await allKept();
    if (all.length === 0 && this.filed.length === 0) {
      this.root.replaceChildren();
      this.list?.replaceChildren();
      return;
    }
    const words = await (this.words ??= wordsAt(this.address));
    const [waiting, refused] = [all.filter((one) => !one.refused), all.filter((one) => one.refused)];
    this.root.replaceChildren(...this.filed.map((one) => this.sent(words, one)), ...(waiting.length > 0 ? [this.waits(words, waiting.length)] : []), ...refused.map((one) => this.wrong(words, one)));
    this.list?.replaceChildren(...waiting.map((one) => element('li', {}, titleOf(one), element('span', { class: 'hint' }, words.ago(new Date(one.at).toISOString())))));
  }

  private waits(words: Words, n: number): HTMLElement {
    const button = element('button', { type: 'button', class: 'quiet' }, words.say('offline.send'));
    const line = element('p', {}, words.count('offline.waiting', n), ' ', button);
    button.addEventListener('click', () => {
      button.disabled = true;
      button.textContent = words.say('offline.sending');
      void sendWaiting(true).catch(() => 1).then((left) => {
        if (left > 0 && line.isConnected) line.replaceChildren(words.say('offline.still'), ' ', button);
        button.disabled = false;
        button.textContent = words.say('offline.send');
        if (button.isConnected) button.focus();
      });
    });
    return line;
  }

  private sent(words: Words, { filed = 0, thanks = '' }: News): HTMLElement {
    return element('p', {}, words.say('offline.filed', { id: String(filed) }), ' ', element('a', { href: thanks }, words.say('offline.read')));
  }

  private wrong(words: Words, one: Kept): HTMLElement {
    const button = element('button', { type: 'button', class: 'link' }, words.say('offline.drop'));
    button.addEventListener('click', () => { if (confirm(words.say('offline.drop.sure', { title: titleOf(one) }))) void drop(one.uuid); });
    return element('p', {}, words.say('offline.refused', { title: titleOf(one), detail: one.refused?.errors?.map(({ detail }) => detail).join(' ') ?? one.refused?.detail ?? '' }), ' ',
      element('a', { href: to(`/reports/new?outbox=${one.uuid}`) }, words.say('offline.correct')), ' ', button);
  }
}

const titleOf = ({ body }: Kept): string => (typeof body.title === 'string' ? body.title : '');
