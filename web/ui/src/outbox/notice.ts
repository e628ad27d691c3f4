// Says, in one polite line below the header, what waits to be sent, what was sent meanwhile and what must be corrected. Nothing, when there is none.
import { to } from '../base';
import { element } from '../element';
import type { Words } from '../words';
import { drop, sendWaiting } from './outbox';
import type { News } from './queue';
import { wordsAt } from './said';
import { allKept, type Kept } from './store';

export { leave } from './leave'; // who leaves is told what waits, too

export class Notice {
  private readonly filed = element('div');
  private readonly button = element('button', { type: 'button', class: 'quiet' });
  private readonly said = element('span');
  private readonly line = element('p', {}, this.said, ' ', this.button);
  private readonly refused = element('div');
  private readonly list = document.querySelector('[data-outbox]'); // the page without a network names what waits
  private readonly words: Promise<Words>;
  private pressed: 'no' | 'sends' | 'in vain' = 'no';

  constructor(address: string) {
    document.querySelector('main')?.before(element('div', { class: 'outbox no-print', role: 'status' }, this.filed, this.line, this.refused));
    this.line.hidden = true;
    this.words = wordsAt(address);
    this.button.addEventListener('click', () => void this.press());
  }

  /** Shows how things stand after some news. */
  async show(news: News): Promise<void> {
    const [words, all] = [await this.words, await allKept()];
    if (news.filed !== undefined) this.filed.append(this.sent(words, news));
    const [waiting, refused] = [all.filter((one) => !one.refused), all.filter((one) => one.refused)];
    this.line.hidden = waiting.length === 0;
    this.said.textContent = this.pressed === 'in vain' ? words.say('offline.still') : words.count('offline.waiting', waiting.length);
    this.button.textContent = words.say(this.pressed === 'sends' ? 'offline.sending' : 'offline.send');
    this.refused.replaceChildren(...refused.map((one) => this.wrong(words, one)));
    this.list?.replaceChildren(...waiting.map((one) => element('li', {}, titleOf(one), ' ', element('span', { class: 'hint' }, words.ago(new Date(one.at).toISOString())))));
  }

  private async press(): Promise<void> {
    if (this.pressed === 'sends') return; // not disabled: the focus stays
    this.pressed = 'sends';
    await this.show({});
    this.pressed = (await sendWaiting(true).catch(() => 1)) > 0 ? 'in vain' : 'no';
    await this.show({});
  }

  private sent(words: Words, { filed = 0, thanks = '' }: News): HTMLElement {
    return element('p', {}, words.say('offline.filed', { id: String(filed) }), ' ', element('a', { href: thanks }, words.say('offline.read')));
  }

  private wrong(words: Words, one: Kept): HTMLElement {
    const button = element('button', { type: 'button', class: 'quiet' }, words.say('offline.drop'));
    button.addEventListener('click', () => { if (confirm(words.say('offline.drop.sure', { title: titleOf(one) }))) void drop(one.uuid); });
    return element('p', {}, words.say('offline.refused', { title: titleOf(one), detail: one.refused?.errors?.map(({ detail }) => detail).join(' ') ?? one.refused?.detail ?? '' }), ' ',
      element('a', { href: to(`/reports/new?outbox=${one.uuid}`) }, words.say('offline.correct')), ' ', button);
  }
}

const titleOf = ({ body }: Kept): string => (typeof body.title === 'string' ? body.title : '');
