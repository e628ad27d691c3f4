// The outbox, for pages and for the service worker. Whoever sends a filing holds the lock of its uuid, so that two tabs never send one at a time.
import { to } from '../base';
import { send, type Able, type Outcome } from './send';
import { allKept, forget, keep, kept, type Filing, type Kept } from './store';
import { writer } from './writer';

/** The tag by which the browser wakes the worker (Background Sync). */
export const syncTag = 'quartier-outbox';

/** What the outbox tells all pages of the browser: something was filed, or what waits is another. */
export interface News {
  filed?: number;
  /** The page that says what becomes of it. */
  thanks?: string;
  /** Whose session there is none of any more. */
  ended?: string | undefined;
}

/** Hears the outbox; gives what ends it. */
export const channel = () => new BroadcastChannel(`quartier-outbox${to('')}`);

function tell(news: News): void {
  const to = channel();
  to.postMessage(news);
  to.close();
}

const locked = <T>(uuid: string, options: LockOptions, then: (mine: boolean) => Promise<T>) =>
  navigator.locks.request(`quartier-outbox ${to('')} ${uuid}`, options, (lock) => then(lock !== null));

/** Keeps a filing, says so, then tries to send it. Rejects when the browser keeps nothing. */
export function fileKept(filing: Filing, held: () => Promise<void>, able: Able): Promise<Outcome> {
  return locked(filing.uuid, {}, async () => {
    const one: Kept = { ...filing, uploaded: [...filing.uploaded], writer: writer(), at: Date.now(), after: 0 };
    await keep(one);
    await held();
    const outcome = await attempt(one, able);
    if (outcome.kind === 'waiting') wake();
    return outcome;
  });
}

/** Tries to send what waits, and not for another writer; `now`: also what was asked to come later. Tells how many wait still. */
export async function flush(now: boolean, able?: Able): Promise<number> {
  let left = 0;
  for (const { uuid } of await allKept()) {
    await locked(uuid, { ifAvailable: true }, async (mine) => {
      if (!mine && !now) left++; // who is sending it may not succeed
      const one = mine ? await kept(uuid) : undefined; // another tab may have sent it meanwhile
      if (!one || one.refused || able?.maySend(one) === false) return;
      const outcome: Outcome = now || one.after <= Date.now() ? await attempt(one, able) : { kind: 'waiting', until: one.after };
      if (outcome.kind === 'filed') tell({ filed: outcome.id, thanks: outcome.thanks });
      if (outcome.kind === 'waiting') left++;
    });
  }
  return left;
}

async function attempt(one: Kept, able?: Able): Promise<Outcome> {
  const outcome = await send(one, () => keep(one), able);
  switch (outcome.kind) {
    case 'filed': await forget(one.uuid); break;
    case 'waiting': await keep({ ...one, after: outcome.until }); break;
    case 'refused': await keep({ ...one, refused: outcome.problem }); break;
  }
  tell({ ended: outcome.kind === 'waiting' && outcome.ended ? one.writer : undefined });
  return outcome;
}

/** Asks the browser to wake the worker when there is a network, where it can. */
function wake(): void {
  interface Syncing { sync?: { register(tag: string): Promise<void> } }
  void navigator.serviceWorker?.ready.then((registration) => (registration as Syncing).sync?.register(syncTag)).catch(() => undefined);
}

/** Forgets a filing that nobody wants sent any more. */
export async function drop(uuid: string): Promise<void> {
  await forget(uuid);
  tell({});
}
