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

/** Answers a built file: its name changes with what it holds, so what is kept is right. */
export async function built(request: Request): Promise<Response> {
  const had = await find('built', request.url);
  if (had) return had;
  const answer = await fetch(request);
  if (answer.ok) await (await shelf('built')).put(request.url, answer.clone());
  return answer;
}

/** Keeps built files that a page has loaded before we answered for it: the browser has them still. */
export async function keepLoaded(addresses: string[]): Promise<void> {
  for (const address of addresses) if (address.startsWith(location.origin + to('/assets/')) && !(await find('built', address))) await (await shelf('built')).add(address);
}

/** Drops the caches of other versions. */
export async function dropOld(): Promise<void> {
  const ours = ['built', 'pages', 'visited'].map(name);
  await Promise.all((await caches.keys()).filter((one) => one.startsWith(site) && !ours.includes(one)).map((one) => caches.delete(one)));
}

/** Forgets where somebody has looked. */
export const forgetVisited = (): Promise<boolean> => caches.delete(name('visited'));
