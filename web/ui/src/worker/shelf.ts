// The caches of one version of the site, by what they hold. A new version begins with empty ones and drops the old.
import { to } from '../base';

/** The version of what was built, and what of it pages want without a network; filled in by the build (build/worker.ts). */
declare const VERSION: string;
declare const BUILT: string[];

const site = `quartier${to('')} `;
const name = (what: string) => `${site}${what} ${VERSION}`;

/** built: scripts, styles, fonts, words. pages: those that open without a network. visited: tiles, pictures, styles of the map. */
export const shelf = (what: 'built' | 'pages' | 'visited'): Promise<Cache> => caches.open(name(what));

/** What is kept for an address. Answers vary by who asks and how; what is kept here is everybody's. */
export const find = async (what: 'built' | 'pages' | 'visited', address: string): Promise<Response | undefined> =>
  (await shelf(what)).match(address, { ignoreVary: true });

/** Takes in what pages want without a network. */
export const stock = async (): Promise<void> => (await shelf('built')).addAll(BUILT.map(to));

/** Drops the caches of other versions. */
export async function dropOld(): Promise<void> {
  const ours = ['built', 'pages', 'visited'].map(name);
  await Promise.all((await caches.keys()).filter((one) => one.startsWith(site) && !ours.includes(one)).map((one) => caches.delete(one)));
}

/** Forgets where somebody has looked. */
export const forgetVisited = (): Promise<boolean> => caches.delete(name('visited'));
