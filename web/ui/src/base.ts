// Where our own addresses stand: below the base path that the page names in <meta name="quartier-base">, or at the root. Every
// address that a script makes goes through here.

/** An address of our own, which begins with a slash, as the server must be asked for it. */
export function to(address: string): string {
  const page = typeof document === 'undefined' ? undefined : document; // tests of what only makes addresses have no page
  return (page?.querySelector<HTMLMetaElement>('meta[name="quartier-base"]')?.content ?? '') + address;
}
