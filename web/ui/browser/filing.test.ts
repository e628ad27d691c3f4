// Filing a report on the map, and seeing it live elsewhere.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { ask, desk, drawn, exported, launch, openPage, picture, shoot, telephone } from './browser';
import { centre, streets } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const close = `/?z=17&lat=${centre.lat}&lon=${centre.lon}`;

describe('filing', () => {
  test('on a telephone the map lies in its place, and says near which address the pin stands', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto(`/reports/new?lat=${streets[0].lat}&lon=${streets[0].lon}`);
    await drawn(page, '[data-island="place"]');
    await page.locator('label[for="address"]').click({ trial: true }); // nothing covers it
    const [stage, scale] = [await page.locator('.map-stage').boundingBox(), await page.locator('.maplibregl-ctrl-scale').boundingBox()];
    if (!stage || !scale) throw new Error('no map');
    expect(stage.y + stage.height - scale.y - scale.height).toBeLessThan(24);
    await page.waitForFunction((name) => document.querySelector('.place-foot')?.textContent.replace(/\s/g, ' ').includes(`près de : 12 ${name}`), streets[0].name);
    expect(await page.inputValue('#address')).toMatch(/^12 /);

    // What somebody typed stays.
    await page.fill('#address', 'devant la mairie');
    const near = page.waitForResponse((response) => response.url().includes('/geocode?lat='));
    await page.locator('[data-island="place"] canvas').click({ position: { x: 60, y: 100 } });
    await near;
    await page.waitForFunction(() => /près de|Lieu choisi/.test(document.querySelector('[data-island="place"] [role="status"]')?.textContent ?? ''));
    expect(await page.inputValue('#address')).toBe('devant la mairie');
    await context.close();
  });

  test('Enter in the address looks it up and never sends the report; what was not found is seen', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
    await page.locator('#address').fill('zzz introuvable');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.place-said:visible');
    await page.locator('#address').fill('12 rue des essais');
    await page.keyboard.press('Enter'); // before anything was suggested
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#lat')?.value.startsWith('47.12'));
    expect(await page.isVisible('.place-said')).toBe(false);
    expect(new URL(page.url()).pathname).toBe('/reports/new');
    await context.close();
  });

  test('a report filed on the map is seen by somebody else within two seconds, and by oneself at once', async () => {
    const [resident, neighbour] = [await openPage(browser), await openPage(browser, { size: telephone })];
    await neighbour.page.goto(close);
    await drawn(neighbour.page);
    const before = new Set((await picture(neighbour.page)).ids);

    const { page } = resident;
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
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

    await ask(page, 'what');
    await page.check('input[name="category"][value="roads"]');
    await page.check('input[name="category"][value="pothole"]');
    await ask(page, 'details');
    await page.fill('#title', 'Trou devant la mairie');
    await ask(page, 'send');
    const answered = page.waitForResponse((response) => response.request().method() === 'POST' && new URL(response.url()).pathname === '/api/v1/reports');
    await page.click('.form-send');
    await answered;
    const since = Date.now();
    await neighbour.page.waitForFunction((known) => {
      const map = document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string, options: object): { id?: unknown }[] } }>('#map')?.map;
      return map?.querySourceFeatures('quartier-items', { sourceLayer: 'items' }).some((one) => !known.includes(Number(one.id)));
    }, [...before], { polling: 50, timeout: 10_000 });
    const took = Date.now() - since;
    await neighbour.page.waitForFunction(() => document.querySelector('.sheet .map-rows > li:first-child strong')?.textContent === 'Trou devant la mairie');
    expect(took).toBeLessThan(2000);

    await page.waitForURL(/thanks/);
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
    expect(await page.getAttribute('#address', 'aria-activedescendant')).toBe('place-suggestions-0');
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('#address', 'aria-expanded')).toBe('false');
    expect(await page.inputValue('#address')).toMatch(/^12 /);
    expect(await page.inputValue('#lat')).toMatch(/^47\.12/);
    await page.waitForSelector('.place-pin');
    expect(faults).toEqual([]);
    await context.close();
  });
});
