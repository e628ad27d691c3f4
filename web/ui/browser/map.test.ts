// The journey with script: look, come closer, filter, read, file, and be seen by somebody else.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { drawn, exported, hold, inside, launch, listed, newest, openPage, picture, pixel, shoot } from './browser';
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

test('a browser that cannot draw maps shows the plain one', async () => {
  const blind = await launch('--disable-3d-apis');
  const { page } = await openPage(blind);
  await page.goto('/');
  await page.waitForSelector('#map > .plain-map img');
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('#map > .plain-map img')?.naturalWidth);
  expect(await page.isVisible('.map-count')).toBe(false);
  await blind.close();
});
