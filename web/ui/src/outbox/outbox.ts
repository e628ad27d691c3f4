// The outbox as a page uses it.
import { fileKept, flush } from './queue';
import type { Able, Outcome } from './send';
import type { Filing } from './store';
import { mayBeSent } from './writer';

export type { Problem } from './problem';
export type { Outcome } from './send';
export type { Filing, Kept } from './store';
export { kept } from './store';
export { drop } from './queue';
export { mayBeSent } from './writer';

const able: Able = {
  prove: async (text, bits) => (await import('../proof/prove')).prove(text, bits), // hardly any filing is asked to work
  maySend: mayBeSent,
};

/** Files a report exactly once, now or when the network is back; `held` is told as soon as it is kept. Rejects only when the browser keeps nothing: the form is
 * then sent as a form. */
export const file = (filing: Filing, held: () => Promise<void>): Promise<Outcome> => fileKept(filing, held, able);

/** Sends what waits; `now`: also what the server asked to come later. Tells how many wait still. */
export const sendWaiting = (now = false): Promise<number> => flush(now, able);
