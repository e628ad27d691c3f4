// The same tasks without script: nothing here may need it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { exported, launch, openPage, shoot, telephone } from './browser';
import { centre, streets } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

async function plainPage(): Promise<Page> {
  return (await openPage(browser, { script: false })).page;
}

const send = (page: Page) => page.click('main form:not(.search) button');

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
    await page.selectOption('#category', 'lamp-out');
    await page.fill('#title', 'Lampadaire sans script');
    await page.fill('#lat', '47,1250000');
    await page.fill('#lon', String(centre.lon));
    await send(page);
    await page.click('main a.button[href^="/reports/"]');
    expect(await page.textContent('h1')).toBe('Lampadaire sans script');
    const id = Number(new URL(page.url()).pathname.split('/').pop());
    expect((await exported()).find((r) => r.id === id)).toMatchObject({ lat: 47.125, lon: centre.lon });
    await page.context().close();
  });

  test('file by an address that is known', async () => {
    const page = await plainPage();
    await page.goto('/reports/new');
    await page.selectOption('#category', 'litter');
    await page.fill('#title', 'Papiers au douze');
    await page.fill('#address', '12 rue des Essais');
    await send(page);
    await page.click('main a.button[href^="/reports/"]');
    expect(await page.textContent('h1')).toBe('Papiers au douze');
    const id = Number(new URL(page.url()).pathname.split('/').pop());
    expect((await exported()).find((r) => r.id === id)?.lat).toBeCloseTo(streets[0].lat, 4);
    await page.context().close();
  });

  test('file by address, choosing among those that fit', async () => {
    const page = await plainPage();
    await page.goto('/reports/new');
    await page.selectOption('#category', 'litter');
    await page.fill('#title', 'Papiers par adresse');
    await page.fill('#address', 'des essais');
    await send(page);
    expect(await page.inputValue('#title')).toBe('Papiers par adresse');
    await page.locator('input[name="place"]').first().check();
    await shoot(page, 'form-places');
    await send(page);
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
    await page.fill('#lat', '91');
    await page.fill('#lon', 'est');
    await page.fill('#email', 'personne');
    await send(page);
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
