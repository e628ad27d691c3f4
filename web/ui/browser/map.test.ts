// The journey with script: look, come closer, filter, read, file, and be seen by somebody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { desk, drawn, exported, inside, launch, openPage, picture, pixel, shoot, telephone } from './browser';
import { centre, crowd } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const near = `/?z=15&lat=${centre.lat}&lon=${centre.lon}`;
const close = `/?z=17&lat=${centre.lat}&lon=${centre.lon}`;

describe('looking at the map', () => {
  test('clusters add up to what the export holds, and the sentence beside the map says so', async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    const seen = await picture(page);
    expect(seen.clusters.length).toBeGreaterThan(0);
    expect(seen.total).toBe((await exported()).filter(inside(seen.bounds)).length);
    expect((await page.textContent('.map-count'))?.replace(/\D*/, '')).toMatch(new RegExp(`^${seen.total}\\b`));
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a press on a cluster comes two zooms closer, until points are seen', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`/?z=15&lat=${crowd.lat}&lon=${crowd.lon}`);
    await drawn(page);
    const before = await picture(page);
    const [largest] = before.clusters;
    if (!largest) throw new Error('no cluster');
    expect(largest.count).toBeGreaterThanOrEqual(crowd.count);
    const at = await pixel(page, largest.lat, largest.lon);
    await page.mouse.click(at.x, at.y);
    await page.waitForFunction(() => location.search.startsWith('?z=17'));
    await drawn(page);
    const after = await picture(page);
    expect(after.zoom).toBeCloseTo(before.zoom + 2, 5);
    expect(after.clusters).toEqual([]);
    expect(after.ids).toEqual((await exported()).filter(inside(after.bounds)).map((r) => r.id).sort((a, b) => a - b));
    expect(after.ids.length).toBeGreaterThanOrEqual(crowd.count);
    await context.close();
  });

  test('many on one spot open as a list of links', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`/?z=18&lat=${crowd.lat}&lon=${crowd.lon}`);
    await drawn(page);
    const at = await pixel(page, crowd.lat, crowd.lon);
    await page.mouse.click(at.x, at.y);
    await page.waitForSelector('.map-card h2');
    expect(await page.locator('.map-card a[href^="/reports/"]').count()).toBe(50);
    expect(await page.textContent('.map-card h2')).toContain(String(crowd.count));
    expect(await page.locator('.map-card a[href="/reports"]').count()).toBe(1);
    await context.close();
  });

  test('a point opens its card, and the card leads to the report', async () => {
    const { page, context } = await openPage(browser);
    const report = (await exported()).find((r) => r.lat !== crowd.lat && r.title.startsWith('Lampadaire'));
    if (!report) throw new Error('no report');
    await page.goto(`/?z=18&lat=${report.lat}&lon=${report.lon}`);
    await drawn(page);
    const at = await pixel(page, report.lat, report.lon);
    await page.mouse.click(at.x, at.y);
    await page.waitForSelector(`.map-card a[href="/reports/${report.id}"]`);
    expect(await page.textContent('.map-card h2')).toBe(report.title);
    await shoot(page, 'card-desk');
    await page.click(`.map-card a[href="/reports/${report.id}"]`);
    expect(await page.textContent('h1')).toBe(report.title);
    await context.close();
  });

  test('hexagons with their legend stand in for clusters', async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    const total = (await picture(page)).total;
    await page.locator('.map-choice input').first().check();
    await drawn(page);
    expect(await page.evaluate(() => document.querySelector<HTMLElement & { map?: { queryRenderedFeatures(o: object): unknown[] } }>('#map')?.map?.queryRenderedFeatures({ layers: ['quartier-cells'] }).length)).toBeGreaterThan(0);
    expect(await page.locator('.map-legend:visible li').count()).toBe(5);
    expect((await picture(page)).total).toBe(total);
    await shoot(page, 'hexagons-desk');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('filtering', () => {
  test('changes the address, the counts and the way to the list without loading the page; back undoes it', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(near);
    await drawn(page);
    const all = await picture(page);
    await page.evaluate(() => { (window as { stayed?: boolean }).stayed = true; });
    await page.selectOption('#status', 'open');
    await drawn(page);
    const open = await picture(page);
    expect(open.total).toBe((await exported('?status=open')).filter(inside(open.bounds)).length);
    expect(open.total).toBeLessThan(all.total);
    expect(new URL(page.url()).searchParams.get('status')).toBe('open');
    expect(await page.getAttribute('.map-list-link a', 'href')).toBe('/reports?status=open');

    await page.selectOption('#category', 'pothole');
    await drawn(page);
    const few = await picture(page);
    expect(few.total).toBe((await exported('?status=open&category=pothole')).filter(inside(few.bounds)).length);

    await page.goBack();
    await drawn(page);
    expect((await picture(page)).total).toBe(open.total);
    expect(await page.inputValue('#category')).toBe('');
    await page.goBack();
    await drawn(page);
    expect((await picture(page)).total).toBe(all.total);
    expect(await page.inputValue('#status')).toBe('');
    expect(await page.evaluate(() => (window as { stayed?: boolean }).stayed)).toBe(true);
    await context.close();
  });

  test('a shared address with two values keeps both', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${near}&status=in_progress,new`);
    await drawn(page);
    const seen = await picture(page);
    expect(seen.total).toBe((await exported('?status=in_progress,new')).filter(inside(seen.bounds)).length);
    await page.locator('.maplibregl-canvas').press('+');
    await page.waitForFunction(() => location.search.startsWith('?z=16'));
    expect(new URL(page.url()).searchParams.get('status')).toBe('in_progress,new');
    await context.close();
  });
});

describe('filing', () => {
  test('a report filed on the map is seen by somebody else within two seconds, and by oneself at once', async () => {
    const [resident, neighbour] = [await openPage(browser), await openPage(browser, { size: telephone })];
    await neighbour.page.goto(close);
    await drawn(neighbour.page);
    const before = new Set((await picture(neighbour.page)).ids);

    const { page } = resident;
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
    await page.check('input[name="category"][value="roads"]');
    await page.check('input[name="category"][value="pothole"]');
    await page.fill('#title', 'Trou devant la mairie');
    await page.click('.form-degrees summary');
    await page.fill('#lat', String(centre.lat).replace('.', ','));
    await page.fill('#lon', String(centre.lon));
    await page.press('#lon', 'Tab'); // the map goes to typed coordinates
    await drawn(page, '[data-island="place"]');
    const canvas = page.locator('[data-island="place"] canvas.maplibregl-canvas');
    const box = await canvas.boundingBox();
    if (!box) throw new Error('no map');
    await canvas.click({ position: { x: box.width / 2 + 20, y: box.height / 2 - 12 } });
    const spot = { lat: await page.inputValue('#lat'), lon: await page.inputValue('#lon') };
    expect(spot.lat).toMatch(/^47\.\d{7}$/);
    expect(spot.lon).toMatch(/^3\.\d{7}$/);
    expect(spot.lat).not.toBe(centre.lat.toFixed(7));
    await shoot(page, 'form-desk', true);

    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.click('.form-send');
    await answered;
    const since = Date.now();
    await neighbour.page.waitForFunction((known) => {
      const map = document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string, options: object): { id?: unknown }[] } }>('#map')?.map;
      return map?.querySourceFeatures('quartier-items', { sourceLayer: 'items' }).some((one) => !known.includes(Number(one.id)));
    }, [...before], { polling: 50, timeout: 10_000 });
    const took = Date.now() - since;
    expect(took).toBeLessThan(2000);

    await page.waitForLoadState();
    const link = await page.getAttribute('main a[href^="/reports/"]', 'href');
    const id = Number(/\d+$/.exec(link ?? '')?.[0]);
    const asked = page.waitForRequest((request) => request.url().includes('/tiles/items/'));
    await page.goto(close);
    expect((await asked).headers()['quartier-token']).toBeTruthy();
    await drawn(page);
    expect((await picture(page)).ids).toContain(id);
    const [filed] = (await exported()).filter((r) => r.id === id);
    expect(filed?.lat.toFixed(7)).toBe(spot.lat);
    expect(filed?.lon.toFixed(7)).toBe(spot.lon);
    expect([...resident.faults, ...neighbour.faults]).toEqual([]);
    await resident.context.close();
    await neighbour.context.close();
  });

  test('an address is suggested and moves the pin', async () => {
    const { page, context, faults } = await openPage(browser, { size: desk });
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
    await page.locator('#address').pressSequentially('12 rue des essais');
    await page.waitForSelector('#place-suggestions [role="option"]');
    await page.keyboard.press('ArrowDown');
    expect(await page.getAttribute('#address', 'aria-activedescendant')).toBe('place-suggestion-0');
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('#address', 'aria-expanded')).toBe('false');
    expect(await page.inputValue('#address')).toMatch(/^12 /);
    expect(await page.inputValue('#lat')).toMatch(/^47\.12/);
    await page.waitForSelector('.place-pin');
    expect(faults).toEqual([]);
    await context.close();
  });
});
