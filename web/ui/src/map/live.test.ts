import { beforeEach, describe, expect, test } from 'vitest';
import { names, spanOf } from './grid';
import { address, Live, widen, type Stream } from './live';

type Listener = Parameters<Stream['addEventListener']>[1];

class Fake implements Stream {
  readyState = 1;
  listeners = new Map<string, Listener>();
  constructor(readonly address: string) {}
  addEventListener(type: string, listener: Listener) { this.listeners.set(type, listener); }
  close() { this.readyState = 2; }
  tell(type: string, lastEventId = '', data: object = {}) { this.listeners.get(type)?.({ lastEventId, data: JSON.stringify(data) }); }
}

function setUp() {
  const streams: Fake[] = [];
  const waiting = new Map<number, { run: () => void; ms: number }>();
  const log = { fetched: [] as string[][], read: 0, changed: 0 };
  const state = { busy: false };
  let next = 0;
  const live = new Live({
    open: (to) => { const made = new Fake(to); streams.push(made); return made; },
    busy: () => state.busy,
    fetch: (tiles) => { log.fetched.push(tiles); tiles.forEach((tile) => live.ask(tile)); },
    read: () => log.read++,
    changed: () => log.changed++,
    timer: { set: (run, ms) => { waiting.set(++next, { run, ms }); return next; }, clear: (id) => void waiting.delete(id) },
    random: () => 0.5,
  });
  const elapse = () => { const all = [...waiting.entries()]; waiting.clear(); all.forEach(([, { run }]) => run()); return all.map(([, { ms }]) => ms); };
  const last = () => { const stream = streams.at(-1); if (!stream) throw new Error('no stream'); return stream; };
  return { live, streams, log, state, elapse, last };
}

const box = { west: 2.3, south: 48.84, east: 2.32, north: 48.85 };
const view = { box, zoom: 14.5, cells: false };
const inView = names(spanOf(box, 14), 'items');
const [one = '', two = ''] = inView;
const short = (tile: string) => tile.replace(/^[a-z]+\//, '');

describe('the live stream', () => {
  let all: ReturnType<typeof setUp>;
  beforeEach(() => {
    all = setUp();
    all.live.see(view);
    all.last().tell('here', 'a');
    inView.forEach((tile) => all.live.ask(tile));
    all.log.fetched = [];
  });

  test('listens to somewhat more than the view, at its zoom', () => {
    expect(all.last().address).toBe('/api/v1/events?bbox=2.29,48.835,2.33,48.855&zoom=14');
  });
  test('only the tiles that changed are asked for, once for a burst, and those in view', () => {
    const { log, elapse, last } = all;
    for (let i = 0; i < 5; i++) last().tell('tiles', `b${i}`, { items: [short(one), '14/1/1'], changes: 2 });
    expect(log).toEqual({ fetched: [], read: 0, changed: 5 });
    expect(elapse()).toEqual([150]);
    expect(log).toEqual({ fetched: [[one]], read: 1, changed: 5 });
    last().tell('tiles', 'c', { items: [short(two)], changes: 1 });
    expect(elapse()).toEqual([1000, 1150]); // a second of calm between two
    expect(log.fetched).toEqual([[one], [two]]);
  });
  test('of tiles that are not in view nothing is said, and nothing beside the map is read', () => {
    const { log, elapse, last } = all;
    last().tell('tiles', 'b', { items: ['14/1/1'], cells: [short(one)], changes: 2 }); // and no hexagons are shown
    elapse();
    expect(log).toEqual({ fetched: [], read: 0, changed: 0 });
  });
  test('a tile that changes while it is on its way is asked for again when it has come', () => {
    const { live, log, state, elapse, last } = all;
    state.busy = true;
    last().tell('tiles', 'b', { items: [short(one)], changes: 1 });
    elapse();
    expect(log.fetched).toEqual([]);
    state.busy = false;
    live.settled();
    live.settled();
    expect(log.fetched).toEqual([[one]]);
  });
  test('what was asked for before the first stream began is asked for again', () => {
    const { live, log, last } = setUp();
    live.see(view);
    live.ask(one);
    live.settled();
    expect(log.fetched).toEqual([]); // there may never be a stream
    last().tell('here', 'a');
    expect(log.fetched).toEqual([inView]);
    last().tell('here', 'b');
    live.settled();
    expect(log.fetched).toHaveLength(1);
  });
  test('small moves keep the stream; leaving the box, another zoom or hexagons open another that begins where this one ended', () => {
    const { live, streams, last } = all;
    live.see({ ...view, box: { ...box, west: 2.305, east: 2.325 }, zoom: 14.9 });
    expect(streams).toHaveLength(1);
    live.see({ ...view, box: { ...box, west: 2.4, east: 2.42 } });
    expect(streams).toHaveLength(2);
    expect(streams[0]?.readyState).toBe(2);
    expect(last().address).toContain('&zoom=14&last=a');
    last().tell('here', 'b');
    live.see({ ...view, box: { ...box, west: 2.4, east: 2.42 }, zoom: 15 });
    expect(last().address).toContain('&zoom=15&last=b');
    live.see({ ...view, box: { ...box, west: 2.4, east: 2.42 }, zoom: 15, cells: true });
    expect(last().address).toContain('&zoom=15&layers=items,cells&last=b');
    expect(streams).toHaveLength(4);
    live.see({ ...view, box: { ...box, west: 2.4, east: 2.42 }, zoom: 15 });
    expect(streams).toHaveLength(4);
  });
  test('the next stream begins before a tile was asked for that this one does not tell of', () => {
    const { live, last, log } = all;
    const beyond = names(spanOf(box, 15), 'items');
    beyond.forEach((tile) => live.ask(tile)); // on the way to a closer view
    last().tell('here', 'b');
    live.see({ ...view, zoom: 15 });
    expect(last().address).toContain('&last=a');
    last().tell('here', 'c');
    live.settled();
    expect(log.fetched).toEqual([]); // they are known since a
  });
  test('a stream that was replaced or refused before it said anything is begun again where it was begun', () => {
    const { live, last, elapse } = all;
    const away = { ...box, west: 2.4, east: 2.42 };
    names(spanOf(box, 15), 'items').forEach((tile) => live.ask(tile));
    last().tell('here', 'b');
    live.see({ ...view, zoom: 15 });
    expect(last().address).toContain('&zoom=15&last=a');
    live.see({ ...view, box: away, zoom: 15 }); // moved before the first answer
    expect(last().address).toContain('&zoom=15&last=a');
    names(spanOf(away, 15), 'items').forEach((tile) => live.ask(tile));
    last().close();
    last().tell('error');
    elapse();
    expect(last().address).toContain('&zoom=15&last=a');
    last().tell('here', 'c');
    live.see({ ...view, box: away });
    expect(last().address).toContain('&zoom=14&last=c');
  });
  test('what comes back into view is asked for again, as nobody told of it', () => {
    const { live, log, last } = all;
    live.see({ ...view, zoom: 15 });
    names(spanOf(box, 15), 'items').forEach((tile) => live.ask(tile));
    last().tell('here', 'b');
    live.see(view);
    live.settled();
    expect(log.fetched).toEqual([inView]);
  });
  test('hidden it is closed; seen again it is told what was missed', () => {
    const { live, streams, log, elapse, last } = all;
    live.hide();
    expect(last().readyState).toBe(2);
    live.show();
    expect(streams).toHaveLength(2);
    expect(last().address).toContain('&last=a');
    last().tell('tiles', 'b', { items: [short(two)], changes: 1 });
    last().tell('here', 'b');
    elapse();
    expect(log).toEqual({ fetched: [[two]], read: 1, changed: 1 });
  });
  test('after a reset everything is read anew, not by all at once', () => {
    const { log, elapse, last } = all;
    last().tell('reset', 'z');
    expect(elapse()).toEqual([1150]);
    expect(log).toEqual({ fetched: [inView], read: 1, changed: 0 });
  });
  test('a tile that failed is asked for again when the stream tells that all is well', () => {
    const { live, log, last } = all;
    live.fail(two);
    live.settled();
    expect(log.fetched).toEqual([]);
    last().tell('here', 'b');
    expect(log.fetched).toEqual([[two]]);
  });
  test('a tile from a node that is behind is not fresh: it is asked for again when the stream tells anything, and says where that stands', () => {
    const { live, log, elapse, last } = all;
    expect(live.stands()).toBe('a');
    live.late(one);
    live.settled();
    expect(log.fetched).toEqual([]);
    last().tell('here', 'b');
    expect(live.stands()).toBe('b');
    live.late(one);
    last().tell('tiles', 'c', { items: [short(two)], changes: 1 });
    elapse();
    expect(log.fetched).toEqual([[one], [one, two]]);
  });
  test('after a refusal it tries again, ever later', () => {
    const { streams, elapse, last } = all;
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
  expect(address({ west: 1 / 3, south: -1 / 3, east: 2, north: 3 }, 7, false, 'a_-b')).toBe('/api/v1/events?bbox=0.3333,-0.3333,2,3&zoom=7&last=a_-b');
});
