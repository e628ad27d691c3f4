// Under which account this device writes. Each page that the server makes says it, by an id that tells nobody whose account that is; the pages that the service
// worker keeps do not say (worker/pages.ts), and then the last that did is right. What is kept in the outbox waits for its own writer: nobody else who signs in
// on the device sends it, and the server would not take it (web/writer.go). What was written without an account is sent as that, whoever is signed in by then.
import { to } from '../base';
import type { Kept } from './store';

/** Stands for no account. */
export const nobody = 'nobody';

const key = () => `quartier-writer${to('')}`;

/** Remembers who writes, if that is said. */
export function keepWriter(said: string | undefined): void {
  try {
    if (said) localStorage.setItem(key(), said);
  } catch { /* a browser that keeps nothing has no outbox */ }
}

/** Who writes. */
export function writer(): string {
  try {
    return localStorage.getItem(key()) ?? nobody;
  } catch {
    return nobody;
  }
}

/** The server says that there is no session of somebody's any more: a page that says otherwise is older. */
export function noLonger(one: string | undefined): void {
  if (one === writer()) keepWriter(nobody);
}

/** Whether the one who writes may send it. */
export const mayBeSent = (one: Pick<Kept, 'writer'>): boolean => [nobody, writer()].includes(one.writer);
