// What the map showed stays readable: tiles, pictures and styles that the server says are everybody's. Online nothing is taken from here: the browser's own
// cache asks with the ETag, and only where no answer comes does the kept one stand in.
import { find, shelf } from './shelf';
import type { Asked } from './scope';

const patience = 4_000; // ms until what is kept stands in for what does not come
const most = { entries: 1_200, bytes: 40_000_000 };
const between = 60; // entries are put from one trim to the next

let put = between - 1; // the first one trims: a worker does not live long

/** Answers something that a map shows. */
export async function visited(event: Asked): Promise<Response> {
  const { url } = event.request;
  const answer = fetch(event.request).then((one) => {
    event.waitUntil(note(url, one.clone()));
    return one;
  });
  const spare = () => find('visited', url);
  try {
    return await Promise.race([answer, new Promise((done) => setTimeout(done, patience)).then(spare).then((one) => one ?? answer)]);
  } catch (cause) {
    const one = await spare();
    if (one) return one;
    throw cause;
  }
}

/** Keeps what is everybody's, and nothing that no longer is. Putting makes an entry the newest: the first ones were used least recently. */
async function note(url: string, answer: Response): Promise<void> {
  const shelved = await shelf('visited');
  if (answer.ok && /\bpublic\b/.test(answer.headers.get('Cache-Control') ?? '')) {
    await shelved.put(url, answer);
    if (++put % between === 0) await trim(shelved);
  } else if (answer.status < 500) await shelved.delete(url, { ignoreVary: true });
}

async function trim(shelved: Cache): Promise<void> {
  let [entries, bytes] = [0, 0];
  for (const key of [...(await shelved.keys())].reverse()) {
    bytes += (await (await shelved.match(key, { ignoreVary: true }))?.blob())?.size ?? 0;
    if (++entries > most.entries || bytes > most.bytes) await shelved.delete(key, { ignoreVary: true });
  }
}
