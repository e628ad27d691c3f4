// The card of a report: opened, turned, closed, kept alive.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawn, exported, hold, inside, launch, newest, openPage, picture, pixel, type Report } from './browser';
import { centre, crowd } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const close = `/?z=17&lat=${centre.lat}&lon=${centre.lon}`;

/** Reports in view whose points stand apart, so that a press means one of them. */
async function apart(page: Page): Promise<Report[]> {
  const { ids } = await picture(page);
  const seen = (await exported()).filter(({ id }) => ids.includes(id));
  const places = await Promise.all(seen.map(async (report) => ({ report, ...(await pixel(page, report.lat, report.lon)) })));
  return places.filter((one) => places.every((other) => other === one || Math.hypot(one.x - other.x, one.y - other.y) > 40)).map(({ report }) => report);
}

async function press(page: Page, { id, lat, lon }: Report): Promise<void> {
  const at = await pixel(page, lat, lon);
  await page.mouse.click(at.x, at.y);
  await page.waitForFunction((id) => new URL(location.href).searchParams.get('report') === id, String(id));
}

const cardOf = (id: number) => `.map-card a.button[href="/reports/${id}"]`;
const focusedOn = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

async function fileAtCentre(page: Page): Promise<void> {
  const answer = await page.request.post('/api/v1/reports', {
    data: { category: 'tag', title: 'Tag vu en direct', location: { type: 'Point', coordinates: [centre.lon, centre.lat] } },
  });
  expect(answer.status()).toBe(201);
}

describe('a card', () => {
  test('closes to the map, whatever was opened before, and the map stays where it was moved to', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(close);
    await drawn(page);
    const [first, second] = await apart(page);
    if (!first || !second) throw new Error('no two points');
    await press(page, first);
    await page.waitForSelector(cardOf(first.id));
    await press(page, second);
    await page.waitForSelector(cardOf(second.id));
    const before = new URL(page.url()).searchParams.get('lon');
    await page.locator('.maplibregl-canvas').press('ArrowLeft');
    await page.waitForFunction((lon) => new URL(location.href).searchParams.get('lon') !== lon, before);
    await drawn(page);
    const moved = await picture(page);
    await page.click('.map-card-close');
    await page.waitForSelector('.map-card', { state: 'hidden' });
    await page.waitForFunction(() => !location.search.includes('report='));
    await drawn(page);
    expect(await page.isVisible('.map-card')).toBe(false);
    expect((await picture(page)).bounds).toEqual(moved.bounds);
    expect(new URL(page.url()).searchParams.get('lon')).not.toBe(before);
    await page.reload();
    await drawn(page);
    expect((await picture(page)).bounds.map((degrees) => degrees.toFixed(4))).toEqual(moved.bounds.map((degrees) => degrees.toFixed(4)));
    await context.close();
  });

  test('shows the report of its address when the answer for another comes late', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(close);
    await drawn(page);
    const [first, second] = await apart(page);
    if (!first || !second) throw new Error('no two points');
    const answers = await hold(page, new RegExp(`/api/v1/reports/${first.id}$`));
    await press(page, first);
    await answers.arrived(1);
    await fileAtCentre(page);
    await answers.arrived(2); // the live change asks again
    await press(page, second);
    await page.waitForSelector(cardOf(second.id));
    await answers.release();
    expect(await page.locator(cardOf(second.id)).count()).toBe(1);
    expect(await page.textContent('.map-card h2')).toBe(second.title);
    await context.close();
  });

  test('keeps the focus when somebody changes its report', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(close);
    await drawn(page);
    const [report] = await apart(page);
    if (!report) throw new Error('no point');
    await press(page, report);
    await page.locator(cardOf(report.id)).focus();
    await page.route(new RegExp(`/api/v1/reports/${report.id}$`), async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), title: 'Changé entre-temps' } });
    });
    await fileAtCentre(page);
    await page.waitForFunction(() => document.querySelector('.map-card h2')?.textContent === 'Changé entre-temps');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('href'))).toBe(`/reports/${report.id}`);
    await context.close();
  });

  test('gives way to several on one spot, which outlast a change of layers', async () => {
    const { page, context } = await openPage(browser);
    const linked = (await exported()).find(({ lat }) => lat === crowd.lat);
    if (!linked) throw new Error('no report');
    await page.goto(`/?z=18&lat=${crowd.lat}&lon=${crowd.lon}&report=${linked.id}`);
    await drawn(page);
    await page.waitForSelector(cardOf(linked.id));
    const at = await pixel(page, crowd.lat, crowd.lon);
    await page.mouse.click(at.x, at.y);
    await page.waitForSelector('.map-card li a');
    expect(page.url()).not.toContain('report=');
    await page.click('.map-choice summary');
    await page.click('.map-shapes .pill:last-of-type');
    await page.waitForFunction(() => location.search.includes('layer=hexagons'));
    expect(await page.locator('.map-card li a').count()).toBe(50);
    await page.locator('.map-card li a').first().click();
    await page.waitForSelector('.map-card a.button');
    await page.click('.map-card-close');
    await page.waitForFunction(() => !location.search.includes('report='));
    expect(await page.isVisible('.map-card')).toBe(false);
    await context.close();
  });

  test('that a link opened is turned once the list is there, by a button that keeps the focus; Escape leads to the map', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(close);
    await drawn(page);
    const there = newest((await exported()).filter(inside((await picture(page)).bounds)));
    await page.goto(`${close}&report=${there[0]}`);
    await page.waitForSelector(cardOf(there[0] ?? 0));
    const next = page.locator('.map-card-turns button').last();
    await page.waitForSelector('.map-card-turns button:last-child:enabled');
    expect(await page.locator('.map-card-turns button').first().isDisabled()).toBe(true);
    const name = await next.getAttribute('aria-label');
    await next.focus();
    for (const id of there.slice(1, 3)) {
      await page.keyboard.press('Enter');
      await page.waitForSelector(cardOf(id));
      expect(await focusedOn(page)).toBe(name);
    }
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !location.search.includes('report='));
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('application');
    await context.close();
  });
});
