// The draft of a report on this device: what was typed in the local storage, which is written at once, and the photos in IndexedDB, which holds them. It is
// offered to whoever comes back, and goes once the report is filed.
import { to } from '../base';
import type { Typed } from './typed';

const life = 30 * 24 * 3600_000; // ms: what was not sent in a month is not news any more

const key = () => `quartier-draft${to('')}`;

interface Draft {
  typed: Typed;
  at: number; // ms since 1970
}

/** A photo of a draft. */
export interface KeptPhoto {
  blob: Blob;
  name: string;
  id: string; // the server's; empty: it has not been sent
  at: number; // when it was sent, in ms since 1970
}

/** Keeps what was typed. A browser without storage keeps nothing, and the form works all the same. */
export function keepDraft(typed: Typed, now = Date.now()): void {
  try {
    localStorage.setItem(key(), JSON.stringify({ typed, at: now } satisfies Draft));
    sessionStorage.setItem(key(), 'open');
  } catch { /* as said */ }
}

/** The draft, and whether it is this tab's own: then it was left by a reload, and is gone on with. */
export function readDraft(now = Date.now()): { typed: Typed; own: boolean } | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(key()) ?? 'null') as Partial<Draft> | null;
    if (typeof draft?.typed !== 'object' || typeof draft.at !== 'number' || now - draft.at > life) return undefined;
    return { typed: draft.typed, own: sessionStorage.getItem(key()) !== null };
  } catch {
    return undefined;
  }
}

/** The form is sent as a form: this tab's draft goes when the page of thanks says that it came. */
export function handOver(): void {
  try {
    sessionStorage.setItem(key(), 'sent');
  } catch { /* there is none */ }
}

/** The page of thanks is there. A draft that is another report's stays: what waited in the outbox is thanked for, too. */
export async function eraseSent(): Promise<void> {
  try {
    if (sessionStorage.getItem(key()) === 'sent') await eraseDraft();
  } catch { /* there is none */ }
}

export async function eraseDraft(): Promise<void> {
  try {
    localStorage.removeItem(key());
    sessionStorage.removeItem(key());
  } catch { /* there is none */ }
  await keepPhotos([]);
}

async function photos<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const db = await new Promise<IDBDatabase>((done, failed) => {
    const request = indexedDB.open(key(), 1);
    request.onupgradeneeded = () => request.result.createObjectStore('photo');
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('no store'));
  });
  try {
    return await new Promise<T>((done, failed) => {
      const transaction = db.transaction('photo', mode);
      const request = ask(transaction.objectStore('photo'));
      transaction.oncomplete = () => done(request.result as T);
      transaction.onabort = transaction.onerror = () => failed(transaction.error ?? new Error('the store broke'));
    });
  } finally {
    db.close();
  }
}

/** Keeps these photos and no others. */
export async function keepPhotos(list: KeptPhoto[]): Promise<void> {
  try {
    await photos('readwrite', (store) => list.length === 0 ? store.clear() : store.put(list, 'all'));
  } catch { /* a browser that keeps nothing */ }
}

export async function readPhotos(): Promise<KeptPhoto[]> {
  try {
    return (await photos<KeptPhoto[] | undefined>('readonly', (store) => store.get('all'))) ?? [];
  } catch {
    return [];
  }
}
