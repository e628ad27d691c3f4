// Pages: the network first, then what is kept, then the page that says there is none. Kept are three pages as anybody sees them, asked for without cookies:
// nothing personal is ever on the shelf.
import { to } from '../base';
import { find, shelf } from './shelf';

const form = '/reports/new';
const offline = '/offline';
const kept = ['/', form, offline];

const patience = 5_000; // ms until a kept page is shown in the place of one that does not come
const fresh = 3_600_000; // ms that kept pages are good

const later = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Answers a page; path is without the base path. A server that fails is no better than none, where there is a page of our own. */
export async function page(request: Request, path: string): Promise<Response> {
  const spare = () => (kept.includes(path) ? find('pages', to(path)) : Promise.resolve(undefined));
  const answer = fetch(request).then(async (one) => (one.status < 500 ? one : ((await spare()) ?? one)));
  try {
    return await Promise.race([answer, later(patience).then(spare).then((one) => one ?? answer)]);
  } catch {
    return (await spare()) ?? (await find('pages', to(offline))) ?? Response.error();
  }
}

/** Fetches the kept pages anew when they are old or speak another language than the reader, and what they load. */
export async function renew(language: string, now: number): Promise<void> {
  const had = await find('pages', to(offline)); // the last that is put
  if (had?.headers.get('X-Language') === language && now - Number(had.headers.get('X-At')) < fresh) return;
  const [pages, built] = [await shelf('pages'), await shelf('built')];
  for (const path of kept) {
    const answer = await fetch(to(path), { credentials: 'omit', cache: 'no-cache', headers: { 'Accept-Language': language } });
    if (answer.status !== 200 || answer.redirected) return;
    const text = (await answer.text()).replace(/<meta name="quartier-writer"[^>]*>/, ''); // who is signed in, it does not know
    for (const address of new Set(text.match(/\/(?:assets|words)\/[\w.-]+/g))) {
      if (!(await find('built', to(address)))) await built.add(to(address));
    }
    const headers = new Headers(answer.headers);
    headers.set('X-Language', language);
    headers.set('X-At', String(now));
    await pages.put(to(path), new Response(text, { headers }));
  }
}
