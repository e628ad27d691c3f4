// What a browser asks for when something changes: the tiles that hold it and no others, however the map is looked at.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { names, spanOf, tileZoom, type Family } from '../src/map/grid';
import { address, drawn, launch, openPage, picture } from './browser';
import { centre } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** Opens the map, waits until it follows, and notes what tiles it asks for from then on. */
async function watch(query: string): Promise<{ page: Page; asked: string[]; streams: string[]; faults: string[]; close: () => Promise<void> }> {
  const { page, context, faults } = await openPage(browser);
  const [asked, streams]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    const url = new URL(request.url());
    const tile = /^\/tiles\/((items|cells)\/.*)\.mvt$/.exec(url.pathname)?.[1];
    if (tile !== undefined) asked.push(tile);
    if (url.pathname === '/api/v1/events') streams.push(url.search);
  });
  const stream = page.waitForResponse((answer) => answer.url().includes('/api/v1/events'));
  await page.goto(query);
  await stream;
  await quiet(page);
  asked.length = 0;
  return { page, asked, streams, faults, close: () => context.close() };
}

/** Waits until the map has drawn all that it knows of. */
async function quiet(page: Page): Promise<void> {
  await drawn(page);
  await page.evaluate(() => fetch('/readyz').then((answer) => answer.text())); // what the stream has told by now was heard
  await drawn(page);
}

/** The tags of the tiles in view, by name: what changed in them is what ought to be asked for. */
async function tags(page: Page, family: Family): Promise<Record<string, string | null>> {
  const { bounds: [west, south, east, north], zoom } = await picture(page);
  const tiles = names(spanOf({ west, south, east, north }, tileZoom(zoom)), family);
  const tagged = await Promise.all(tiles.map(async (tile) => [tile, (await fetch(`${address}/tiles/${tile}.mvt`)).headers.get('etag')] as const));
  return Object.fromEntries(tagged);
}

function changed(before: Record<string, string | null>, after: Record<string, string | null>): string[] {
  return Object.keys(after).filter((tile) => after[tile] !== before[tile]);
}

async function file(lat: number, lon: number): Promise<number> {
  const answer = await fetch(`${address}/api/v1/reports`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ category: 'pothole', title: 'Un trou', location: { type: 'Point', coordinates: [lon, lat] } }),
  });
  if (answer.status !== 201) throw new Error(`not filed: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { id: number }).id;
}

/** Waits until the map shows so many. */
async function shows(page: Page, want: number): Promise<void> {
  for (const start = Date.now(); ; ) {
    const { total } = await picture(page);
    if (total === want) return;
    if (Date.now() - start > 15_000) throw new Error(`the map shows ${total}, want ${want}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

// Everything that waits until the map rests, the player of months too, would wait for ever.
test('a tile that is asked for again and is as it was lets the map rest', async () => {
  const { page, asked, close } = await watch(`/?z=14&lat=${centre.lat}&lon=${centre.lon}`);
  const rested = await page.evaluate(() => new Promise<boolean>((done) => {
    const map = document.querySelector<HTMLElement & { map?: import('maplibre-gl').Map }>('#map')?.map;
    void map?.once('idle', () => done(true));
    map?.refreshTiles('quartier-items');
    setTimeout(() => done(false), 20_000);
  }));
  expect([rested, asked.length > 0]).toEqual([true, true]);
  await close();
});

describe('a report that somebody files', () => {
  test.each([[12], [14], [17], [19.5]])('at zoom %d only the tile that holds it is asked for', async (zoom) => {
    const { page, asked, faults, close } = await watch(`/?z=${zoom}&lat=${centre.lat}&lon=${centre.lon}`);
    const [before, { total }] = [await tags(page, 'items'), await picture(page)];
    await file(centre.lat + 0.0001, centre.lon - 0.0001);
    await shows(page, total + 1);
    await quiet(page);
    const want = changed(before, await tags(page, 'items'));
    expect(want).toHaveLength(1);
    expect(asked).toEqual(want);
    expect(faults).toEqual([]);
    await close();
  });

  test('among hexagons those tiles are asked for that its hexagon touches, too', async () => {
    const { page, asked, close } = await watch(`/?z=13&lat=${centre.lat}&lon=${centre.lon}&layer=hexagons`);
    const before = { ...(await tags(page, 'items')), ...(await tags(page, 'cells')) };
    const { total } = await picture(page);
    await file(centre.lat, centre.lon);
    await shows(page, total + 1);
    await quiet(page);
    const want = changed(before, { ...(await tags(page, 'items')), ...(await tags(page, 'cells')) });
    expect(want.length).toBeGreaterThanOrEqual(2);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked).toEqual(expect.arrayContaining(want));
    expect(asked.length).toBeLessThan(Object.keys(before).length);
    await close();
  });

  test('while the page is hidden, is asked for when it is seen again, and nothing else is', async () => {
    const { page, asked, streams, close } = await watch(`/?z=17&lat=${centre.lat}&lon=${centre.lon}`);
    const hide = (hidden: boolean) => page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await hide(true);
    const [before, { total }] = [await tags(page, 'items'), await picture(page)];
    await file(centre.lat + 0.0004, centre.lon);
    expect(asked).toEqual([]);
    await hide(false);
    await shows(page, total + 1);
    await quiet(page);
    expect(asked).toEqual(changed(before, await tags(page, 'items')));
    expect(streams.at(-1)).toMatch(/&last=[\w-]+$/);
    await close();
  });

  test('where the map was before is there when it comes back', async () => {
    const { page, close } = await watch(`/?z=17&lat=${centre.lat}&lon=${centre.lon}`);
    const go = async (lat: number, zoom: number) => {
      await page.evaluate(([lat, lon, zoom]) => {
        document.querySelector<HTMLElement & { map?: { jumpTo(to: object): void } }>('#map')?.map?.jumpTo({ center: [lon, lat], zoom });
      }, [lat, centre.lon, zoom] as const);
      await quiet(page);
    };
    const shown = (id: number) => page.waitForFunction((id) => {
      const map = document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string, options: object): { id?: unknown }[] } }>('#map')?.map;
      return map?.querySourceFeatures('quartier-items', { sourceLayer: 'items' }).some((one) => Number(one.id) === id);
    }, id, { polling: 50, timeout: 10_000 });
    const away = centre.lat + 0.05; // out of what the stream tells of
    await go(away, 17);
    const behind = await file(centre.lat - 0.0003, centre.lon);
    await shown(await file(away, centre.lon)); // the stream stands beyond both
    await go(centre.lat, 17);
    await shown(behind);
    await go(centre.lat, 14);
    const { total } = await picture(page);
    const below = await file(centre.lat - 0.0005, centre.lon);
    await shows(page, total + 1);
    await go(centre.lat, 17);
    await shown(below);
    await close();
  });
});
