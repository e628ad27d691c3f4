// What waits to be sent, kept by the browser in IndexedDB: it outlives the page, the browser and the day, photos included. Sites below different base paths
// of one host have stores of their own.
import { to } from '../base';
import type { Problem } from './problem';

/** A report as the form gives it. */
export interface Filing {
  uuid: string;
  /** The JSON of POST /api/v1/reports, without uuid and photos. */
  body: Record<string, unknown>;
  photos: Blob[];
  /** The ids that the server gave to the first of the photos: a try that broke goes on behind them. */
  uploaded: string[];
}

/** A filing that waits. */
export interface Kept extends Filing {
  /** Under which account it was written (writer.ts). */
  writer: string;
  /** When it was kept, in ms since 1970. */
  at: number;
  /** Nothing is tried before, in ms since 1970; 0: at once. */
  after: number;
  /** Why the server refused it: it waits for a person. */
  refused?: Problem;
}

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open(`quartier-outbox${to('')}`, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('filing', { keyPath: 'uuid' });
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('no store'));
  });
}

async function ask<T>(mode: IDBTransactionMode, question: (filings: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((done, failed) => {
      const transaction = db.transaction('filing', mode);
      const request = question(transaction.objectStore('filing'));
      transaction.oncomplete = () => done(request.result); // on the disk, as far as the browser says
      transaction.onabort = () => failed(transaction.error ?? new Error('not kept'));
    });
  } finally {
    db.close();
  }
}

/** Keeps a filing, in the place of what was kept under its uuid. Rejects when the browser keeps nothing. */
export const keep = (one: Kept): Promise<unknown> => ask('readwrite', (filings) => filings.put(one));

/** What is kept under a uuid. */
export const kept = (uuid: string): Promise<Kept | undefined> => ask('readonly', (filings) => filings.get(uuid) as IDBRequest<Kept | undefined>);

/** Everything that is kept, oldest first. */
export const allKept = async (): Promise<Kept[]> =>
  (await ask('readonly', (filings) => filings.getAll() as IDBRequest<Kept[]>)).sort((a, b) => a.at - b.at);

/** Forgets a filing. */
export const forget = (uuid: string): Promise<unknown> => ask('readwrite', (filings) => filings.delete(uuid));
