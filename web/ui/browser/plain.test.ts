// The same tasks without script: nothing here may need it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { desk, exported, launch, openPage, ripe, shoot, telephone } from './browser';
import { centre, streets } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

async function plainPage(): Promise<Page> {
  return (await openPage(browser, { script: false })).page;
}

const send = (page: Page) => page.click('main form:not(.search) button');
const file = async (page: Page) => {
  await ripe(page);
  await page.click('.form-send');
};
/** A category below another is shown when that one is chosen. */
async function choose(page: Page, ...slugs: string[]): Promise<void> {
  for (const slug of slugs) await page.check(`input[name="category"][value="${slug}"]`);
}

describe('without script', () => {
  test('from the start page by a filter to the list and to a report', async () => {
    const page = await plainPage();
    await page.goto('/');
    expect(await page.isVisible('#map .notice')).toBe(true);
    await page.check('.filters input[name="status"][value="resolved"]');
    await send(page);
    expect(new URL(page.url()).searchParams.get('status')).toBe('resolved');
    expect(await page.isChecked('.filters input[name="status"][value="resolved"]')).toBe(true);
    await page.click('.map-list-link a');
    expect(new URL(page.url()).pathname).toBe('/reports');
    expect(await page.isChecked('.filters input[name="status"][value="resolved"]')).toBe(true);
    const states = await page.locator('.report-row .status').evaluateAll((all: Element[]) => all.map((one) => one.className));
    expect(new Set(states)).toEqual(new Set(['status status-resolved']));
    await shoot(page, 'list-plain');
    const title = await page.textContent('.report-row h2 a');
    await page.click('.report-row h2 a');
    expect(await page.textContent('h1')).toBe(title);
    expect(await page.locator('.timeline li').count()).toBeGreaterThan(0);
    await page.context().close();
  });

  test('the list holds every report, page by page, each once', async () => {
    const page = await plainPage();
    await page.goto('/reports');
    const seen: string[] = [];
    for (;;) {
      seen.push(...(await page.locator('.report-row h2 a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))));
      const next = page.locator('.pager a[rel="next"]');
      if ((await next.count()) === 0) break;
      await next.click();
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.map((href) => Number(href.split('/').pop())).sort((a, b) => a - b)).toEqual((await exported()).map((r) => r.id).sort((a, b) => a - b));
    await page.context().close();
  });

  test('file by coordinates', async () => {
    const page = await plainPage();
    await page.goto('/reports/new');
    await choose(page, 'lighting', 'lamp-out');
    await page.fill('#title', 'Lampadaire sans script');
    await page.click('.form-degrees summary');
    await page.fill('#lat', '47,1250000');
    await page.fill('#lon', String(centre.lon));
    await file(page);
    await page.click('main a.button[href^="/reports/"]');
    expect(await page.textContent('h1')).toBe('Lampadaire sans script');
    const id = Number(new URL(page.url()).pathname.split('/').pop());
    expect((await exported()).find((r) => r.id === id)).toMatchObject({ lat: 47.125, lon: centre.lon });
    await page.context().close();
  });

  test('file by an address that is known', async () => {
    const page = await plainPage();
    await page.goto('/reports/new');
    await choose(page, 'cleanliness', 'litter');
    await page.fill('#title', 'Papiers au douze');
    await page.fill('#address', '12 rue des Essais');
    await file(page);
    await page.click('main a.button[href^="/reports/"]');
    expect(await page.textContent('h1')).toBe('Papiers au douze');
    const id = Number(new URL(page.url()).pathname.split('/').pop());
    expect((await exported()).find((r) => r.id === id)?.lat).toBeCloseTo(streets[0].lat, 4);
    await page.context().close();
  });

  test('file by address, choosing among those that fit', async () => {
    const page = await plainPage();
    await page.goto('/reports/new');
    await choose(page, 'cleanliness', 'litter');
    await page.fill('#title', 'Papiers par adresse');
    await page.fill('#address', 'des essais');
    await file(page);
    expect(await page.inputValue('#title')).toBe('Papiers par adresse');
    await page.locator('input[name="place"]').first().check();
    await shoot(page, 'form-places');
    await file(page);
    await page.click('main a.button[href^="/reports/"]');
    expect(await page.textContent('h1')).toBe('Papiers par adresse');
    const id = Number(new URL(page.url()).pathname.split('/').pop());
    const filed = (await exported()).find((r) => r.id === id);
    expect(streets.some((street) => Math.abs(street.lat - (filed?.lat ?? 0)) < 0.001 && Math.abs(street.lon - (filed?.lon ?? 0)) < 0.001)).toBe(true);
    await page.context().close();
  });

  test('what is wrong is said at the field and above, and nothing typed is lost', async () => {
    const { page, context } = await openPage(browser, { script: false, size: telephone });
    const before = (await exported()).length;
    await page.goto('/reports/new');
    await page.fill('#description', 'Écrit avec soin, « ça » & <b>ceci</b>.');
    await page.click('.form-degrees summary');
    await page.fill('#lat', '91');
    await page.fill('#lon', 'est');
    await page.fill('#email', 'personne');
    await file(page);
    expect(await page.isVisible('.error-summary')).toBe(true);
    for (const href of await page.locator('.error-summary a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))) {
      expect(await page.locator(href).count(), href).toBe(1);
    }
    expect(await page.inputValue('#description')).toBe('Écrit avec soin, « ça » & <b>ceci</b>.');
    expect([await page.inputValue('#lat'), await page.inputValue('#lon'), await page.inputValue('#email')]).toEqual(['91', 'est', 'personne']);
    for (const field of ['title', 'category']) expect(await page.getAttribute(`#${field}`, 'aria-invalid')).toBe('true');
    await shoot(page, 'form-wrong-telephone', true);
    expect((await exported()).length).toBe(before);
    await context.close();
  });

  test('file by pressing the map: come closer, move, press, correct, send', async () => {
    const { page, context } = await openPage(browser, { script: false, size: telephone });
    await page.goto('/reports/new');
    await choose(page, 'roads', 'pothole');
    await page.fill('#title', 'Trou montré sur la carte');
    await page.fill('#description', 'Devant le « 12 ».');
    // Every press is a new page, which is asked only when it is there with its style sheets.
    const arrive = async (press: () => Promise<void>) => {
      const loaded = page.waitForEvent('load');
      await press();
      await loaded;
    };
    const kept = async () => {
      expect(await page.inputValue('#title')).toBe('Trou montré sur la carte');
      expect(await page.inputValue('#description')).toBe('Devant le « 12 ».');
      expect(await page.isChecked('input[value="pothole"]')).toBe(true);
      expect(await page.locator('.error-summary').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await page.evaluate("document.querySelector('#step-where').getBoundingClientRect().top < innerHeight")).toBe(true);
    };
    const middle = () => page.locator('.place-tile input').nth(4);
    const tile = async () => ((await middle().getAttribute('name')) ?? '').split('.').slice(1).map(Number) as [number, number, number];
    const [zoom, column] = await tile();
    await arrive(() => page.click('.place-moves .in'));
    await kept();
    expect((await tile())[0]).toBe(zoom + 1);
    await arrive(() => page.click('.place-moves .out'));
    await arrive(() => page.click('.place-moves .east'));
    await kept();
    expect((await tile()).slice(0, 2)).toEqual([zoom, column + 1]);
    await arrive(() => page.click('.place-moves .west'));

    // Press until the press is precise: the map comes closer by itself.
    for (let i = 0; i < 3; i++) {
      await arrive(() => middle().click({ position: { x: 128, y: 128 } }));
    }
    await kept();
    const [z, x, y] = await tile();
    expect(z).toBeGreaterThanOrEqual(17);
    await arrive(() => middle().click({ position: { x: 40, y: 200 } }));
    await kept();
    const world = 256 * 2 ** z;
    const lon = (x * 256 + 40.5) / world * 360 - 180;
    const lat = Math.atan(Math.sinh(Math.PI * (1 - 2 * (y * 256 + 200.5) / world))) * 180 / Math.PI;
    expect(Number(await page.inputValue('#lat'))).toBeCloseTo(lat, 6);
    expect(Number(await page.inputValue('#lon'))).toBeCloseTo(lon, 6);
    expect(await page.isVisible('.place-over')).toBe(true);
    await shoot(page, 'form-plain-telephone', true);

    await arrive(() => page.press('#title', 'Enter')); // sends, as in any form
    await arrive(() => page.click('main a.button[href^="/reports/"]'));
    expect(await page.textContent('h1')).toBe('Trou montré sur la carte');
    const id = Number(new URL(page.url()).pathname.split('/').pop());
    const filed = (await exported()).find((r) => r.id === id);
    expect(filed?.lat).toBeCloseTo(lat, 6);
    expect(filed?.lon).toBeCloseTo(lon, 6);
    expect(await page.locator('.static-map img').evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
    await context.close();
  });

  test('the map moves by links and comes closer by a press', async () => {
    const page = await plainPage();
    await page.goto(`/?z=14&lat=${centre.lat}&lon=${centre.lon}&status=open`);
    const view = () => Object.fromEntries(new URL(page.url()).searchParams) as Record<string, string>;
    expect(await page.getAttribute('.plain-sheet img', 'alt')).toMatch(/^Carte\s: \d+ signalement/);
    expect(await page.locator('.plain-sheet img').evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(0);
    await shoot(page, 'map-plain');
    await page.click('.plain-moves .north');
    expect(Number(view().lat)).toBeGreaterThan(centre.lat);
    await page.click('.plain-moves .south');
    expect(Number(view().lat)).toBeCloseTo(centre.lat, 3);
    await page.click('.plain-moves .in');
    expect(view().z).toBe('15');
    const sheet = page.locator('.plain-view');
    const box = await sheet.boundingBox();
    if (!box) throw new Error('no map');
    // The press waits until the page stands: a browser swallows what comes before its first paint.
    await sheet.click({ position: { x: box.width / 2 + 100, y: box.height / 2 } });
    await page.waitForURL(/z=16/);
    expect(view()).toMatchObject({ z: '16', status: 'open' });
    expect(view()['at.x']).toBeUndefined();
    expect(Number(view().lon)).toBeCloseTo(centre.lon + 100 * 360 / (512 * 2 ** 15), 4);
    await page.context().close();
  });

  test.each([['desk', desk], ['telephone', telephone]])('the map and the ways to move it are in the first screen of a %s, also with filters', async (_, size) => {
    const { page, context } = await openPage(browser, { script: false, size });
    for (const filters of ['', '?status=open&from=2024-01-01']) {
      await page.goto(`/${filters}`);
      for (const part of ['.plain-view', '.plain-moves .north', '.plain-moves .east', '.plain-moves .out']) {
        const box = await page.locator(part).boundingBox();
        if (!box) throw new Error(`there is no ${part}`);
        expect(box.x + box.width, part).toBeLessThanOrEqual(size.width);
        expect(box.y + box.height, part).toBeLessThanOrEqual(size.height);
      }
    }
    await context.close();
  });

  test('both languages', async () => {
    const page = await plainPage();
    await page.goto('/reports?status=open');
    expect(await page.getAttribute('html', 'lang')).toBe('fr');
    await page.click('.site a[hreflang="en"]');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(await page.isChecked('.filters input[name="status"][value="open"]')).toBe(true);
    await page.context().close();
  });
});
