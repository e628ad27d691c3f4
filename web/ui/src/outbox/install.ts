// Offers to install the site where the browser would: quietly, at the foot of the page, in the place of the browser's own banner.
import { element } from '../element';
import { wordsAt } from './said';

/** The event by which a browser says that it could (Manifest Incubations, 2). */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

export async function offerInstall(offer: Event, words: string): Promise<void> {
  const button = element('button', { type: 'button', class: 'quiet' }, (await wordsAt(words)).say('offline.install'));
  const line = element('li', {}, button);
  button.addEventListener('click', () => {
    line.remove(); // an offer is good once
    void (offer as Offer).prompt();
  });
  document.querySelector('.site-footer ul')?.append(line);
}
