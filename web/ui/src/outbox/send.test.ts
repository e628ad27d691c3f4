import { afterEach, expect, test, vi } from 'vitest';
import { send, untilOf } from './send';

interface Said { status: number; body?: unknown; headers?: Record<string, string> }

afterEach(() => vi.unstubAllGlobals());

/** A server that gives its answers in turn; undefined: the network breaks. It tells what it was asked. */
function server(...answers: (Said | undefined)[]): { path: string; body: unknown; proof: string | null; writer: string | undefined }[] {
  const asked: ReturnType<typeof server> = [];
  vi.stubGlobal('fetch', (path: string, { body, headers }: { body: BodyInit; headers: Record<string, string> }) => {
    asked.push({ path, body: typeof body === 'string' ? JSON.parse(body) : 'photo', proof: headers['Quartier-Proof'] ?? null, writer: headers['Quartier-Writer'] });
    const said = answers.shift();
    if (!said) return Promise.reject(new TypeError('no network'));
    const type = said.status < 400 ? 'application/json' : 'application/problem+json';
    return Promise.resolve(new Response(JSON.stringify(said.body ?? {}), { status: said.status, headers: { 'Content-Type': type, ...said.headers } }));
  });
  return asked;
}

const filing = (uploaded: string[] = []) => ({ uuid: 'u', body: { title: 'Trou' }, photos: [new Blob(['a']), new Blob(['b'])], uploaded, writer: 'a' });
const able = { prove: () => Promise.resolve(5), maySend: () => true };
const noted = () => Promise.resolve();
const photo = (id: string): Said => ({ status: 201, body: { id } });
const done: Said = { status: 201, body: { id: 7, status: 'new' }, headers: { 'Quartier-Token': 't' } };

test('photos go first, one after the other, and the report names them', async () => {
  const asked = server(photo('a'), photo('b'), done);
  expect(await send(filing(), noted)).toEqual({ kind: 'filed', id: 7, thanks: '/reports/new/thanks?id=7&token=t' });
  expect(asked.map(({ path }) => path)).toEqual(['/api/v1/media', '/api/v1/media', '/api/v1/reports']);
  expect(asked[2]?.body).toEqual({ title: 'Trou', uuid: 'u', photos: ['a', 'b'] });
});

test('a try that broke goes on behind the photos that were sent', async () => {
  const one = filing();
  server(photo('a'), undefined);
  expect(await send(one, noted)).toEqual({ kind: 'waiting', until: 0 });
  const asked = server(photo('b'), done);
  expect((await send(one, noted)).kind).toBe('filed');
  expect(asked).toHaveLength(2);
});

test('photos that the server forgot are sent once more, and no oftener', async () => {
  const forgotten: Said = { status: 422, body: { errors: [{ field: 'photos', detail: '' }] } };
  const asked = server(forgotten, photo('c'), photo('d'), done);
  expect((await send(filing(['a', 'b']), noted)).kind).toBe('filed');
  expect(asked[3]?.body).toMatchObject({ photos: ['c', 'd'] });
  server(forgotten, photo('c'), photo('d'), forgotten);
  expect((await send(filing(['a', 'b']), noted)).kind).toBe('refused');
});

test('a challenge is solved where it can be, and waits where not', async () => {
  const set: Said = { status: 403, body: { challenge: { text: 'x', bits: 3 } } };
  server(set);
  expect((await send(filing(['a', 'b']), noted)).kind).toBe('waiting');
  const asked = server(set, done);
  expect((await send(filing(['a', 'b']), noted, able)).kind).toBe('filed');
  expect(asked[1]?.proof).toBe('x:5');
});

test('all that is sent says under which account it was written, and waits where that is not the one of the session', async () => {
  const asked = server(photo('a'), { status: 401 });
  expect(await send(filing(), noted)).toEqual({ kind: 'waiting', until: 0, ended: true });
  expect(asked.map(({ writer }) => writer)).toEqual(['a', 'a']);
});

test.each([
  ['the same uuid with other content', { status: 409 }, 'refused'],
  ['a wrong field', { status: 422, body: { errors: [{ field: 'title', detail: '' }] } }, 'refused'],
  ['too many', { status: 429 }, 'waiting'],
  ['a database that rests', { status: 503 }, 'waiting'],
  ['the page of a hotel', { status: 403, headers: { 'Content-Type': 'text/html' } }, 'waiting'],
  ['a page in the place of an answer', { status: 200 }, 'waiting'],
] as const)('%s: %o is %s', async (_, said, want) => {
  server(said);
  expect((await send(filing(['a', 'b']), noted)).kind).toBe(want);
});

test.each([
  [null, 0], ['90', 91_000], ['Thu, 01 Jan 1970 00:01:01 GMT', 61_000], ['Thu, 01 Jan 1970 00:00:00 GMT', 0], ['soon', 0], ['999999999', 86_401_000],
])('Retry-After %s', (said, want) => {
  expect(untilOf(said, 1000)).toBe(want);
});
