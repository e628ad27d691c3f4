// One try to send a filing: its photos, one after the other, then itself. The server files it once under its uuid, however often it comes.
import { to } from '../base';
import { problemIn, type Problem } from './problem';
import type { Filing, Kept } from './store';

/** What became of a filing. */
export type Outcome =
  /** thanks: address of the page that follows. */
  | { kind: 'filed'; id: number; thanks: string }
  /** It is kept and sends itself; until: not before, in ms since 1970, 0: as soon as there is a network. ended: the session is not, or no
   * longer, that of who wrote it. */
  | { kind: 'waiting'; until: number; ended?: boolean }
  /** It is kept until somebody corrects it (`file` under the same uuid; under a new one where the status is 409: it was filed with other content) or drops it. */
  | { kind: 'refused'; problem: Problem };

/** What a page can, and the service worker cannot. */
export interface Able {
  /** Solves a challenge, aside. */
  prove(text: string, bits: number): Promise<number>;
  /** Whether the one who writes now may send it (writer.ts). A worker leaves that to the server. */
  maySend(one: Pick<Kept, 'writer'>): boolean;
}

const patience = 60_000; // ms that an answer may take: a telephone in a cellar sends slowly

/** Tries. `noted` keeps the ids of photos as they come. What the worker is challenged for waits for a page. */
export async function send(filing: Filing & Pick<Kept, 'writer'>, noted: () => Promise<unknown>, able?: Able): Promise<Outcome> {
  const post = (address: string, body: BodyInit, headers: Record<string, string>) => ask(address, body, { 'Quartier-Writer': filing.writer, ...headers });
  let proof = '';
  let anew = filing.uploaded.length > 0; // the server may have forgotten them, after a day: once
  for (;;) {
    while (filing.uploaded.length < filing.photos.length) {
      const form = new FormData();
      form.append('photo', filing.photos[filing.uploaded.length]!);
      const answer = await post('/api/v1/media', form, {});
      if (!(answer instanceof Response)) return answer;
      filing.uploaded.push(((await answer.json()) as { id: string }).id);
      await noted();
    }
    const body = JSON.stringify({ ...filing.body, uuid: filing.uuid, ...(filing.uploaded.length > 0 && { photos: filing.uploaded }) });
    const answer = await post('/api/v1/reports', body, { 'Content-Type': 'application/json', ...(proof !== '' && { 'Quartier-Proof': proof }) });
    if (answer instanceof Response) {
      const { id, status } = (await answer.json()) as { id: number; status: string };
      return { kind: 'filed', id, thanks: thanksOf(id, status, answer.headers.get('Quartier-Token') ?? '', 'email' in filing.body) };
    }
    if (answer.kind !== 'refused') return answer;
    const { challenge, errors = [] } = answer.problem;
    if (challenge && proof === '') {
      const solution = await able?.prove(challenge.text, challenge.bits).catch(() => undefined);
      if (solution === undefined) return { kind: 'waiting', until: 0 };
      proof = `${challenge.text}:${solution}`;
    } else if (anew && errors.length > 0 && errors.every(({ field }) => field === 'photos')) {
      anew = false;
      filing.uploaded.length = 0;
      await noted();
    } else return answer;
  }
}

/** The page that follows a filing says what the report waits for, as the server's own way there does (web/filing.go). */
function thanksOf(id: number, status: string, token: string, email: boolean): string {
  const query = new URLSearchParams({ id: String(id), token });
  if (status === 'pending') query.set('waits', email ? 'confirm' : 'moderator');
  else if (email) query.set('asked', '1');
  return to(`/reports/new/thanks?${query}`);
}

/** Asks our server; anything but its 201 is an outcome. What is no answer of ours (a hotel's page, a proxy without a server) is no refusal. */
async function ask(address: string, body: BodyInit, headers: Record<string, string>): Promise<Response | Outcome> {
  let answer: Response;
  let problem: Problem | undefined;
  try {
    answer = await fetch(to(address), { method: 'POST', body, headers: { Accept: 'application/json', ...headers }, redirect: 'error', signal: AbortSignal.timeout(patience) });
    if (answer.status === 201) return answer;
    problem = await problemIn(answer);
  } catch {
    return { kind: 'waiting', until: 0 };
  }
  const passing = answer.status >= 500 || [401, 408, 425, 429].includes(answer.status);
  return problem && !passing ? { kind: 'refused', problem } : { kind: 'waiting', until: untilOf(answer.headers.get('Retry-After'), Date.now()), ended: answer.status === 401 };
}

/** When to come again (RFC 9110, 10.2.3: seconds or a date), at most a day ahead; 0: it is not said. */
export function untilOf(retryAfter: string | null, now: number): number {
  if (!retryAfter) return 0;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return wait > 0 ? now + Math.min(wait, 86_400_000) : 0;
}
