// The server answers a filing with an opaque token; a later request that carries it sees at least that write. A page that
// follows a filing names it in <meta name="quartier-token">; it lives in the tab's session storage, nowhere else.

/** The header that carries the token. */
export const tokenHeader = 'Quartier-Token';

const key = 'quartier-token';
const shape = /^[\x21-\x7e]{1,256}$/;

/** Remembers the token that the page names, if it names one. */
export function keepToken(page: ParentNode, store: Storage): void {
  const token = page.querySelector<HTMLMetaElement>('meta[name="quartier-token"]')?.content ?? '';
  if (!shape.test(token)) return;
  try {
    store.setItem(key, token);
  } catch {
    // A browser without storage: the map then shows the write when the live stream tells of it.
  }
}

/** The remembered token, or undefined. */
export function readToken(store: Pick<Storage, 'getItem'>): string | undefined {
  try {
    const token = store.getItem(key) ?? '';
    return shape.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
