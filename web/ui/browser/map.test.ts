// The journey with script: look, come closer, filter, read, file, and be seen by somebody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page, Route } from 'playwright-core';
import { desk, drawn, exported, inside, launch, listed, newest, openPage, picture, pixel, shoot, telephone, type Report } from './browser';
import { centre, crowd, streets, zoneSet } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const near = `/?z=15&lat=${centre.lat}&lon=${centre.lon}`;
const close = `/?z=17&lat=${centre.lat}&lon=${centre.lon}`;

describe('looking at the map', () => {
  test('clusters add up to what the export holds, the sentence says so, and the list has the newest fifty', async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    const seen = await picture(page);
    expect(seen.clusters.length).toBeGreaterThan(0);
    const there = (await exported()).filter(inside(seen.bounds));
    expect(seen.total).toBe(there.length);
    expect((await page.textContent('.map-count'))?.replace(/\D*/, '')).toMatch(new RegExp(`^${seen.total}\\b`));
    await listed(page, newest(there));
    expect(await page.getAttribute('.map-list-link a', 'href')).toMatch(/^\/reports\?bbox=/);
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
    expect(await page.locator('.map-card a[href^="/reports?bbox="]').count()).toBe(1);
    await page.locator('.map-card li a').first().click();
    await page.waitForSelector('.map-card .button');
    expect(new URL(page.url()).searchParams.get('report')).toMatch(/^\d+$/);
    await context.close();
  });

  test('a point opens its card, the card is an address, back closes it, and it leads to the report', async () => {
    const { page, context } = await openPage(browser);
    const report = (await exported()).find((r) => r.lat !== crowd.lat && r.title.startsWith('Lampadaire'));
    if (!report) throw new Error('no report');
    await page.goto(`/?z=18&lat=${report.lat}&lon=${report.lon}`);
    await drawn(page);
    const at = await pixel(page, report.lat, report.lon);
    await page.mouse.click(at.x, at.y);
    await page.waitForSelector(`.map-card a[href="/reports/${report.id}"]`);
    expect(await page.textContent('.map-card h2')).toBe(report.title);
    expect(new URL(page.url()).searchParams.get('report')).toBe(String(report.id));
    await shoot(page, 'card-desk');
    const link = page.url();
    await page.goBack();
    await page.waitForSelector('.map-card', { state: 'hidden' });
    expect(new URL(page.url()).searchParams.has('report')).toBe(false);

    await page.goto(link);
    await page.waitForSelector(`.map-card a[href="/reports/${report.id}"]`);
    await page.click('.map-card-close');
    await page.waitForSelector('.map-card', { state: 'hidden' });
    await page.goto(`/?report=${report.id}`); // without a place the map goes there
    await drawn(page);
    expect((await picture(page)).ids).toContain(report.id);
    await page.click(`.map-card a[href="/reports/${report.id}"]`);
    expect(await page.textContent('h1')).toBe(report.title);
    await context.close();
  });

  test('a row lights its point or its cluster, and a point or cluster lights its rows', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(near);
    await drawn(page);
    const seen = await picture(page);
    const there = (await exported()).filter(inside(seen.bounds));
    await listed(page, newest(there));
    const lit = () => page.evaluate(() => {
      const map = document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string): { geometry: { coordinates: number[] } }[] } }>('#map')?.map;
      return map?.querySourceFeatures('quartier-lit')[0]?.geometry.coordinates.map((degrees) => degrees.toFixed(3)).join();
    });
    await page.hover('.sheet .map-rows > li:first-child');
    await page.waitForFunction(() => (document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string): unknown[] } }>('#map')?.map?.querySourceFeatures('quartier-lit').length ?? 0) > 0);
    const places = [...seen.clusters, ...there].map(({ lat, lon }) => `${lon.toFixed(3)},${lat.toFixed(3)}`);
    expect(places).toContain(await lit());

    await page.mouse.move(5, 5);
    await page.waitForFunction(() => document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string): unknown[] } }>('#map')?.map?.querySourceFeatures('quartier-lit').length === 0);

    const cluster = seen.clusters.find(({ lat, lon }) => inside(shrunk(seen.bounds))({ lat, lon } as never));
    if (!cluster) throw new Error('no cluster');
    const at = await pixel(page, cluster.lat, cluster.lon);
    await page.mouse.move(at.x, at.y);
    await page.waitForFunction(() => document.querySelectorAll('.sheet .map-rows > .lit').length > 0);
    expect(await page.locator('.sheet .map-rows > .lit').count()).toBeLessThanOrEqual(cluster.count);
    await page.waitForFunction((want) => {
      const map = document.querySelector<HTMLElement & { map?: { querySourceFeatures(source: string): { geometry: { coordinates: number[] } }[] } }>('#map')?.map;
      return map?.querySourceFeatures('quartier-lit')[0]?.geometry.coordinates.map((degrees) => degrees.toFixed(3)).join() === want;
    }, `${cluster.lon.toFixed(3)},${cluster.lat.toFixed(3)}`);
    const titles = await page.locator('.sheet .map-rows > .lit strong').allTextContents();
    expect(there.map((report) => report.title)).toEqual(expect.arrayContaining(titles));
    await context.close();
  });

  test('hexagons with their legend stand in for clusters, and the address says so', async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    const total = (await picture(page)).total;
    await page.click('.map-choice summary');
    await page.click('.map-shapes .pill:last-of-type');
    await page.waitForFunction(() => location.search.includes('layer=hexagons'));
    await drawn(page);
    const cells = () => page.evaluate(() => document.querySelector<HTMLElement & { map?: { queryRenderedFeatures(o: object): unknown[] } }>('#map')?.map?.queryRenderedFeatures({ layers: ['quartier-cells'] }).length);
    expect(await cells()).toBeGreaterThan(0);
    expect(await page.locator('.map-legend:visible li').count()).toBe(5);
    expect((await picture(page)).total).toBe(total);
    await shoot(page, 'hexagons-desk');
    await page.reload();
    await drawn(page);
    expect(await cells()).toBeGreaterThan(0);
    await page.goBack();
    await drawn(page);
    expect(await cells()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('the borders of the zone set that was chosen', async () => {
    const { page, context } = await openPage(browser);
    const lines = () => page.evaluate((set) => document.querySelector<HTMLElement & { map?: { getLayoutProperty(layer: string, name: string): unknown } }>('#map')?.map?.getLayoutProperty(`quartier-zones-${set}-line`, 'visibility'), zoneSet);
    await page.goto('/?outline=none');
    await drawn(page);
    expect(await lines()).toBe('none');
    await page.click('.map-choice summary');
    await page.selectOption('#map-outline', zoneSet);
    await page.waitForFunction(() => !location.search.includes('outline'));
    expect(await lines()).toBe('visible');
    await context.close();
  });

  test('a street is found, flown to and marked; a zone offers to filter by it', async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    await page.locator('#q').pressSequentially('rue des essais');
    await page.waitForSelector('#search-suggestions [role="option"]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.search.startsWith('?z=17'));
    await page.waitForSelector('.map-mark');
    const view = new URL(page.url()).searchParams;
    expect(Number(view.get('lat'))).toBeCloseTo(streets[0].lat, 2);
    expect(Number(view.get('lon'))).toBeCloseTo(streets[0].lon, 2);

    await page.fill('#q', '');
    await page.waitForSelector('.map-mark', { state: 'detached' });
    await page.locator('#q').pressSequentially('nord-est');
    await page.locator('#search-suggestions [role="option"]').first().click();
    await page.click('.search-offer button');
    await page.waitForFunction((zone) => new URL(location.href).searchParams.get('zone') === zone, `${zoneSet}/nord-est`);
    expect(await page.textContent('.chips .chip')).toContain('Nord-Est');
    expect(faults).toEqual([]);
    await context.close();
  });
});

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

/** Holds answers back until they are let go; `arrived` waits for so many. */
async function hold(page: Page, what: RegExp): Promise<{ arrived: (n: number) => Promise<void>; release: () => Promise<void> }> {
  const held: Route[] = [];
  let heard: () => void = () => undefined;
  await page.route(what, (route) => {
    held.push(route);
    heard();
  });
  return {
    arrived: async (n) => { while (held.length < n) await new Promise<void>((done) => { heard = done; }); },
    release: async () => {
      await page.unroute(what);
      await Promise.all(held.map((route) => route.continue().catch(() => undefined))); // the page may have given it up
      await page.evaluate(() => fetch('/readyz').then((answer) => answer.text())); // what was let go has been heard by now
    },
  };
}

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

describe('the search', () => {
  test('takes no suggestion of an older query', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    await page.locator('#q').pressSequentially('rue des essais');
    await page.waitForSelector('#search-suggestions [role="option"]');
    await page.fill('#q', 'allée des essais');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.map-mark');
    await page.waitForFunction(() => location.search.startsWith('?z=17'));
    expect(Number(new URL(page.url()).searchParams.get('lat'))).toBeCloseTo(streets[1].lat, 2);
    expect(await page.inputValue('#q')).toMatch(/Allée/);
    await context.close();
  });

  test('stays closed when an answer comes after one was taken', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    await page.locator('#q').pressSequentially('rue des');
    await page.waitForSelector('#search-suggestions [role="option"]');
    const answers = await hold(page, /\/geocode\?/);
    await page.locator('#q').pressSequentially(' essais');
    await answers.arrived(1);
    await page.locator('#search-suggestions [role="option"]').first().click();
    await page.waitForSelector('.map-mark');
    await answers.release();
    expect(await page.isVisible('#search-suggestions')).toBe(false);
    await context.close();
  });
});

const shrunk = ([west, south, east, north]: [number, number, number, number]): [number, number, number, number] =>
  [west + (east - west) / 4, south + (north - south) / 4, east - (east - west) / 4, north - (north - south) / 4];

describe('filtering', () => {
  test('changes the address, the counts, the chips and the way to the list without loading the page; back undoes it', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(near);
    await drawn(page);
    const all = await picture(page);
    await page.evaluate(() => { (window as { stayed?: boolean }).stayed = true; });
    await page.click('.filter-open');
    await page.click('.filter-dialog .pill:has([value="open"])');
    await page.waitForFunction(() => location.search.includes('status=open'));
    await drawn(page);
    const open = await picture(page);
    expect(open.total).toBe((await exported('?status=open')).filter(inside(open.bounds)).length);
    expect(open.total).toBeLessThan(all.total);
    await page.waitForFunction((n) => document.querySelector('.filter-foot button')?.textContent?.includes(String(n)), open.total);
    expect(await page.getAttribute('.map-list-link a', 'href')).toContain('status=open');

    await page.click('.picker summary');
    await page.fill('.picker-search', 'poule');
    await page.locator('.picker-list label:visible input').first().check();
    await page.waitForFunction(() => location.search.includes('category=pothole'));
    await drawn(page);
    const few = await picture(page);
    expect(few.total).toBe((await exported('?status=open&category=pothole')).filter(inside(few.bounds)).length);
    await shoot(page, 'filters-desk');
    await page.click('.filter-foot button');
    expect(await page.locator('.chips .chip').allTextContents()).toEqual([expect.stringContaining('Ouverts'), expect.stringContaining('Nid-de-poule')]);
    expect(await page.textContent('.filter-open .tally')).toBe('2');

    await page.click('.chips .chip:has-text("Ouverts")');
    await page.waitForFunction(() => !location.search.includes('status'));
    await drawn(page);
    const holes = await picture(page);
    expect(holes.total).toBe((await exported('?category=pothole')).filter(inside(holes.bounds)).length);

    for (const want of [few.total, open.total, all.total]) {
      await page.goBack();
      await drawn(page);
      expect((await picture(page)).total).toBe(want);
    }
    expect(await page.locator('.chips a').count()).toBe(0);
    expect(await page.locator('.filter-dialog input:checked').count()).toBe(0);
    expect(await page.evaluate(() => (window as { stayed?: boolean }).stayed)).toBe(true);
    await context.close();
  });

  test('a shared address with two values keeps both', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${near}&status=in_progress,new`);
    await drawn(page);
    const seen = await picture(page);
    expect(seen.total).toBe((await exported('?status=in_progress,new')).filter(inside(seen.bounds)).length);
    expect(await page.locator('.chips .chip').count()).toBe(2);
    await page.locator('.maplibregl-canvas').press('+');
    await page.waitForFunction(() => location.search.startsWith('?z=16'));
    expect(new URL(page.url()).searchParams.get('status')).toBe('in_progress,new');
    await context.close();
  });

  test('a day that is typed is one step, however many digits it has, and the other language keeps it', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${near}&status=open`);
    await drawn(page);
    await page.click('.filter-open');
    const steps = () => page.evaluate(() => history.length);
    const before = await steps();
    await page.locator('.filter-dialog input[name="from"]').pressSequentially('03152024');
    await page.waitForFunction(() => location.search.includes('from=2024-03-15'));
    expect(await steps()).toBe(before + 1);
    const other = new URL((await page.getAttribute('.site-language', 'href')) ?? '', page.url()).searchParams;
    expect([other.get('from'), other.get('status'), other.get('lang')]).toEqual(['2024-03-15', 'open', 'en']);
    await page.goBack();
    await page.waitForFunction(() => !location.search.includes('from='));
    await context.close();
  });

  test('where nothing is left, the page says what to do, and doing it helps', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(`${near}&from=1999-01-01&to=1999-02-01`);
    await page.waitForFunction(() => document.querySelector('.map-count')?.textContent === 'Aucun signalement ici avec ces filtres.');
    expect(await page.getByText('Aucun signalement ici avec ces filtres.').locator('visible=true').count()).toBe(1);
    expect(await page.isVisible('.time-reset')).toBe(true);
    await page.locator('.map-empty button').first().click();
    await page.waitForFunction(() => !location.search.includes('from'));
    await drawn(page);
    const seen = await picture(page);
    await listed(page, newest((await exported()).filter(inside(seen.bounds))));
    expect(await page.isHidden('.map-empty')).toBe(true);
    await context.close();
  });

  test('a month is played: what is in view is what the export has of that month', async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    await page.waitForSelector('.time-chart rect');
    await page.click('.time-play');
    await page.waitForFunction(() => location.search.includes('from=2024-03-01&to=2024-04-01'));
    expect(await page.textContent('#map [role="status"]')).toMatch(/^Du 1er février 2024/); // the first month was told, the next ones are not
    await page.click('.time-play');
    await drawn(page);
    await page.waitForFunction(() => /signalement/.test(document.querySelector('#map [role="status"]')?.textContent ?? ''));
    const period = new URL(page.url()).searchParams;
    const seen = await picture(page);
    expect(seen.total).toBe((await exported(`?from=${period.get('from')}&to=${period.get('to')}`)).filter(inside(seen.bounds)).length);
    expect(await page.getAttribute('.time-play', 'aria-label')).toBe('Dérouler le temps');
    await shoot(page, 'time-desk');
    await page.click('.time-reset');
    await page.waitForFunction(() => !location.search.includes('from'));
    await page.goBack();
    await page.waitForFunction((from) => location.search.includes(`from=${from}`), period.get('from'));
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('the count waits for what it counts, and a report that is not there is told', async () => {
  const { page, context } = await openPage(browser);
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((go) => (letGo = go));
  await page.route('**/tiles/items/**', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/?report=99999999');
  await page.waitForSelector('.time-chart rect', { state: 'attached' }); // the weeks are known before anything is drawn
  expect(await page.textContent('.map-count')).toBe('La carte se prépare…');
  letGo();
  await page.waitForFunction(() => /^\d+ signalements ici/.test(document.querySelector('.map-count')?.textContent ?? ''));
  await page.waitForFunction(() => document.querySelector('.map-card-body')?.textContent === 'Ce signalement n’existe pas ou n’est pas public.');
  await context.close();
});

test('an address keeps its service while the map is moved, and a chip takes it away', async () => {
  const { page, context } = await openPage(browser);
  await page.goto(`${near}&service=voirie`);
  await drawn(page);
  await page.click('.map-button');
  await page.waitForFunction(() => location.search.startsWith('?z=16'));
  expect(new URL(page.url()).searchParams.get('service')).toBe('voirie');
  await page.locator('.chip', { hasText: 'voirie' }).click();
  await page.waitForFunction(() => !location.search.includes('service'));
  await context.close();
});

test('on paper the list is read, on several pages, without the map', async () => {
  const { page, context } = await openPage(browser);
  await page.goto('/');
  await drawn(page);
  await page.waitForSelector('.sheet .map-rows > li:nth-child(50)');
  await page.emulateMedia({ media: 'print' });
  for (const gone of ['.map-stage', '.time-bar', '.map-choice', '.sheet-handle']) expect(await page.isVisible(gone)).toBe(false);
  const pages = (await page.pdf()).toString('latin1').match(/\/Type \/Page\b/g)?.length;
  expect(pages).toBeGreaterThan(1);
  await context.close();
});

describe('when the database rests', () => {
  test('the list is what the tiles say, and the page says so', async () => {
    const { page, context } = await openPage(browser);
    await page.route(/\/api\/v1\/reports\?/, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }));
    await page.goto(close);
    await drawn(page);
    await page.waitForSelector('.map-note:visible');
    const seen = await picture(page);
    await page.waitForFunction((n) => document.querySelectorAll('.sheet .map-rows > li').length === n, Math.min(50, seen.total));
    await page.unroute(/\/api\/v1\/reports\?/);
    await page.locator('.maplibregl-canvas').press('-');
    await page.waitForSelector('.map-note', { state: 'hidden' });
    await context.close();
  });
});

describe('on a telephone', () => {
  test('the sheet has three heights, by its button, by the keys and by a finger', async () => {
    const { page, context, faults } = await openPage(browser, { size: telephone });
    await page.goto(near);
    await drawn(page);
    const height = () => page.getAttribute('.sheet', 'data-height');
    expect(await height()).toBe('peek');
    await page.click('.sheet-handle');
    expect(await height()).toBe('half');
    await page.press('.sheet-handle', 'ArrowUp');
    expect(await height()).toBe('full');
    await page.press('.sheet-handle', 'ArrowDown');
    await page.press('.sheet-handle', 'ArrowDown');
    expect(await height()).toBe('peek');

    const grip = await page.locator('.sheet-handle').boundingBox();
    if (!grip) throw new Error('no handle');
    await page.mouse.move(grip.x + grip.width / 2, grip.y + 8);
    await page.mouse.down();
    await page.mouse.move(grip.x + grip.width / 2, grip.y - 150, { steps: 4 });
    await page.mouse.move(grip.x + grip.width / 2, 400, { steps: 4 });
    await page.mouse.up();
    expect(await height()).not.toBe('peek');
    await shoot(page, 'sheet-telephone');
    const reached = await height();
    await page.press('.sheet-handle', 'Enter');
    expect(await height()).not.toBe(reached);

    await page.press('.sheet-handle', 'ArrowUp');
    await page.locator('.sheet .map-rows > li').first().click();
    await page.waitForSelector('.map-card .button');
    expect(await height()).toBe('full');
    await shoot(page, 'card-telephone');
    await page.goBack();
    await page.waitForSelector('.map-card', { state: 'hidden' });
    expect(await height()).toBe('half');
    expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('the menu of a telephone takes the focus and gives it back', async () => {
  const { page, context } = await openPage(browser, { size: telephone });
  await page.goto(near);
  await drawn(page);
  await page.click('.map-menu');
  expect(await page.evaluate(() => document.activeElement?.matches('.site-nav a'))).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement?.className)).toContain('map-menu');
  await page.click('.map-menu');
  await page.mouse.click(200, 400);
  expect(await page.isVisible('header.site')).toBe(false);
  await context.close();
});

test('letters twice as large cut nothing off on a telephone', async () => {
  const { page, context } = await openPage(browser, { size: telephone });
  await page.goto(near);
  await drawn(page);
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  const box = async (what: string) => (await page.locator(what).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.waitForFunction(() => {
    const file = document.querySelector('.map-file')?.getBoundingClientRect();
    return file !== undefined && file.bottom <= innerHeight && file.right <= innerWidth;
  });
  expect((await box('#q')).width).toBeGreaterThan(150);
  const [choice, buttons] = [await box('.map-choice'), await box('.map-buttons')];
  expect(choice.y).toBeGreaterThanOrEqual(buttons.y + buttons.height);
  await context.close();
});

test('on a telephone held sideways the legend leaves the buttons free', async () => {
  const { page, context } = await openPage(browser, { size: { width: 600, height: 360 } });
  await page.goto(near);
  await drawn(page);
  for (const width of [600, 500]) {
    await page.setViewportSize({ width, height: 360 });
    await page.locator('.map-button').nth(2).click({ trial: true });
  }
  await context.close();
});

test('a browser that cannot draw maps shows the plain one', async () => {
  const blind = await launch('--disable-3d-apis');
  const { page } = await openPage(blind);
  await page.goto('/');
  await page.waitForSelector('#map > .plain-map img');
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('#map > .plain-map img')?.naturalWidth);
  expect(await page.isVisible('.map-count')).toBe(false);
  await blind.close();
});

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
    await neighbour.page.waitForFunction(() => document.querySelector('.sheet .map-rows > li:first-child strong')?.textContent === 'Trou devant la mairie');
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
