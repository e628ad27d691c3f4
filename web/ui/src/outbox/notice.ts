// Says, in one polite line below the header, what waits to be sent, or for its writer, what was sent meanwhile and what must be corrected. Nothing, when there is none.
import { to } from '../base';
import { element } from '../element';
import type { Words } from '../words';
import { drop, sendWaiting } from './outbox';
import type { News } from './queue';
import { wordsAt } from './said';
import { allKept, type Kept } from './store';
import { mayBeSent } from './writer';

export { leave } from './leave'; // who leaves is told what waits, too

export class Notice {
  private readonly filed = element('div');
  private readonly button = element('button', { type: 'button', class: 'quiet' });
  private readonly said = element('span');
  private readonly line = element('p', {}, this.said, ' ', this.button);
  private readonly stuck = element('div');
  private readonly list = document.querySelector('[data-outbox]'); // the page without a network names what waits
  private readonly words: Promise<Words>;
  private pressed: 'no' | 'sends' | 'in vain' = 'no';

  constructor(address: string) {
    document.querySelector('main')?.before(element('div', { class: 'outbox no-print', role: 'status' }, this.filed, this.line, this.stuck));
    this.line.hidden = true;
    this.words = wordsAt(address);
    this.button.addEventListener('click', () => void this.press());
  }

  /** Shows how things stand after some news. */
  async show(news: News): Promise<void> {
    const [words, all] = [await this.words, await allKept()];
    if (news.filed !== undefined) this.filed.append(this.sent(words, news));
    const waits = (one: Kept) => !one.refused && mayBeSent(one);
    const waiting = all.filter(waits);
    this.line.hidden = waiting.length === 0;
    this.said.textContent = this.pressed === 'in vain' ? words.say('offline.still') : words.count('offline.waiting', waiting.length);
    this.button.textContent = words.say(this.pressed === 'sends' ? 'offline.sending' : 'offline.send');
    this.stuck.replaceChildren(...all.filter((one) => !waits(one)).map((one) => this.stays(words, one)));
    this.list?.replaceChildren(...waiting.map((one) => element('li', {}, titleOf(one), ' ', element('span', { class: 'hint' }, agoOf(words, one)))));
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

  /** What a person has to see to: its writer, whose words are shown to nobody else, or who can correct it. Anybody may delete it. */
  private stays(words: Words, one: Kept): HTMLElement {
    const [title, ours] = [titleOf(one), mayBeSent(one)];
    const button = element('button', { type: 'button', class: 'quiet' }, words.say('offline.drop'));
    button.addEventListener('click', () => { if (confirm(words.say(ours ? 'offline.drop.sure' : 'offline.elsewhere.sure', { title }))) void drop(one.uuid); });
    return ours
      ? element('p', {}, words.say('offline.refused', { title, detail: one.refused?.errors?.map(({ detail }) => detail).join(' ') ?? one.refused?.detail ?? '' }), ' ',
        element('a', { href: to(`/reports/new?outbox=${one.uuid}`) }, words.say('offline.correct')), ' ', button)
      : element('p', {}, words.say('offline.elsewhere', { ago: agoOf(words, one) }), ' ', button);
  }
}

const agoOf = (words: Words, { at }: Kept): string => words.ago(new Date(at).toISOString());
const titleOf = ({ body }: Kept): string => (typeof body.title === 'string' ? body.title : '');
