import { describe, expect, test } from 'vitest';
import { address, Live, widen, type Stream } from './live';

class Fake implements Stream {
  readyState = 1;
  listeners = new Map<string, () => void>();
  constructor(readonly address: string) {}
  addEventListener(type: string, listener: () => void) { this.listeners.set(type, listener); }
  close() { this.readyState = 2; }
  tell(type: string) { this.listeners.get(type)?.(); }
}

function setUp() {
  const streams: Fake[] = [];
  const waiting = new Map<number, { run: () => void; ms: number }>();
  const log = { refreshed: 0, changed: 0 };
  let next = 0;
  const live = new Live({
    open: (to) => { const made = new Fake(to); streams.push(made); return made; },
    refresh: () => log.refreshed++,
    changed: () => log.changed++,
    timer: { set: (run, ms) => { waiting.set(++next, { run, ms }); return next; }, clear: (id) => void waiting.delete(id) },
  });
  const elapse = () => { const all = [...waiting.entries()]; waiting.clear(); all.forEach(([, { run }]) => run()); return all.map(([, { ms }]) => ms); };
  const last = () => { const stream = streams.at(-1); if (!stream) throw new Error('no stream'); return stream; };
  return { live, streams, log, elapse, last };
}

const view = { west: 2, south: 48, east: 3, north: 49 };

describe('the live stream', () => {
  test('listens to somewhat more than the view', () => {
    const { live, last } = setUp();
    live.see(view);
    expect(last().address).toBe('/api/v1/events?bbox=1.5,47.5,3.5,49.5');
  });
  test('a burst of changes is one refresh', () => {
    const { live, log, elapse, last } = setUp();
    live.see(view);
    for (let i = 0; i < 5; i++) last().tell('change');
    expect(log).toEqual({ refreshed: 0, changed: 5 });
    elapse();
    expect(log.refreshed).toBe(1);
    last().tell('change');
    elapse();
    expect(log.refreshed).toBe(2);
  });
  test('small moves keep the stream, leaving the box opens another', () => {
    const { live, streams } = setUp();
    live.see(view);
    live.see({ ...view, west: 2.2, east: 3.2 });
    expect(streams).toHaveLength(1);
    live.see({ ...view, west: 4, east: 5 });
    expect(streams).toHaveLength(2);
    expect(streams[0]?.readyState).toBe(2);
  });
  test('far into the old box, a smaller box is enough', () => {
    const { live, streams } = setUp();
    live.see(view);
    live.see({ west: 2.5, south: 48.5, east: 2.51, north: 48.51 });
    expect(streams).toHaveLength(2);
  });
  test('hidden it is closed; seen again it opens and reads anew', () => {
    const { live, streams, log, last } = setUp();
    live.see(view);
    last().tell('open');
    live.hide();
    expect(last().readyState).toBe(2);
    live.see({ ...view, west: 10, east: 11 });
    expect(streams).toHaveLength(1);
    live.show();
    expect(last().address).toContain('bbox=9.5');
    last().tell('open');
    expect(log.refreshed).toBe(1);
  });
  test('after a cut line the tiles are read anew, once', () => {
    const { live, log, last } = setUp();
    live.see(view);
    last().tell('open');
    expect(log.refreshed).toBe(0);
    last().tell('error');
    last().tell('open');
    last().tell('open');
    expect(log.refreshed).toBe(1);
  });
  test('after a refusal it tries again, ever later', () => {
    const { live, streams, elapse, last } = setUp();
    live.see(view);
    const refuse = () => { last().close(); last().tell('error'); return elapse(); };
    expect([refuse(), refuse(), refuse()]).toEqual([[3000], [6000], [12000]]);
    expect(streams).toHaveLength(4);
    for (let i = 0; i < 9; i++) refuse();
    expect(refuse()).toEqual([60000]);
  });
});

test.each([
  [{ west: -10, south: 80, east: 10, north: 89 }, { west: -20, south: 75.5, east: 20, north: 90 }],
  [{ west: 175, south: 0, east: 185, north: 10 }, { west: -180, south: -5, east: 180, north: 15 }],
])('widen %o', (box, want) => {
  expect(widen(box)).toEqual(want);
});

test('an address has as many digits as matter', () => {
  expect(address({ west: 1 / 3, south: -1 / 3, east: 2, north: 3 })).toBe('/api/v1/events?bbox=0.3333,-0.3333,2,3');
});
