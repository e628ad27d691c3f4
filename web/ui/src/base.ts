// Where our own addresses stand: below the base path that the page names in <meta name="quartier-base">, or at the root. The service worker knows it by
// its scope. Every address that a script makes goes through here.

/** An address of our own, which begins with a slash, as the server must be asked for it. */
export function to(address: string): string {
  if (typeof document !== 'undefined') return (document.querySelector<HTMLMetaElement>('meta[name="quartier-base"]')?.content ?? '') + address;
  const { registration } = globalThis as { registration?: ServiceWorkerRegistration }; // tests of what only makes addresses have neither
  return (registration ? new URL(registration.scope).pathname.slice(0, -1) : '') + address;
}
