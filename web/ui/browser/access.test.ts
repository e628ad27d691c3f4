// For everybody: axe on every page in light and dark, on a desk and in a hand, and the tasks with the keyboard alone. The pictures
// of every page are left in QUARTIER_SHOTS (or the temporary folder) to be looked at.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ask, desk, drawn, exported, launch, openPage, picture, shoot, telephone, violations, type Wish } from './browser';
import { centre, zoneSet } from './town';

let browser: Browser;
let id: number;
beforeAll(async () => {
  browser = await launch();
  id = (await exported())[0]?.id ?? 0;
});
afterAll(() => browser.close());

const close = `/?z=17&lat=${centre.lat}&lon=${centre.lon}`;
const pages: [name: string, path: () => string, root?: string][] = [
  ['map', () => '/', '#map'],
  ['points', () => close, '#map'],
  ['list', () => '/reports?status=open'],
  ['empty', () => '/reports?from=1999-01-01&to=1999-01-02'],
  ['report', () => `/reports/${id}`],
  ['form', () => '/reports/new', '[data-island="place"]'],
  ['zones', () => '/zones'],
  ['zone', () => `/zones/${zoneSet}/nord-est`],
  ['stats', () => '/stats'],
  ['missing', () => '/reports/999999999'],
  ['docs', () => '/api/docs'],
];

const readers: [name: string, wish: Wish][] = [
  ['desk-light', { size: desk }], ['desk-dark', { size: desk, dark: true }],
  ['telephone-light', { size: telephone }], ['telephone-dark', { size: telephone, dark: true }],
  ['english', { size: desk, locale: 'en-GB' }],
  ['plain', { size: telephone, script: false }], ['plain-english', { size: desk, script: false, locale: 'en-GB' }],
];

describe.each(readers)('axe, %s', (reader, wish) => {
  let page: Page;
  beforeAll(async () => { page = (await openPage(browser, wish)).page; });
  afterAll(() => page.context().close());
  test.each(pages)('%s', async (name, path, root) => {
    await page.goto(path());
    expect(await page.getAttribute('html', 'lang')).toBe(wish.locale === undefined ? 'fr' : 'en');
    if (root && wish.script !== false) await drawn(page, root);
    expect(await violations(page, wish.script)).toEqual([]);
    const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(width, 'nothing is wider than the screen').toBeLessThanOrEqual(0);
    await shoot(page, `${name}-${reader}`, !root);
  });
});

// What a telephone's settings ask for: letters twice as large, more contrast, the system's own colours.
test.each([
  ['large', { size: telephone }], ['contrast', { size: telephone, dark: true, media: { contrast: 'more' } }],
  ['forced', { size: telephone, media: { forcedColors: 'active' } }],
] as [string, Wish & { media?: Parameters<Page['emulateMedia']>[0] }][])('%s: the tasks of a resident', async (reader, wish) => {
  const { page, context } = await openPage(browser, wish);
  if (wish.media) await page.emulateMedia(wish.media);
  for (const [name, path, root] of pages.filter((one) => ['map', 'list', 'report', 'form'].includes(one[0]))) {
    await page.goto(path());
    if (reader === 'large') await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
    if (root) await drawn(page, root);
    expect(await violations(page), name).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${name} is not wider than the screen`).toBeLessThanOrEqual(0);
    // Nothing lies on something else: a reader can press each part of the header.
    const covered = await page.evaluate(() => [...document.querySelectorAll('.site a, .site summary, .form-progress a, .take-part-ways > *')].filter((e) => {
      const at = e.getBoundingClientRect();
      if (at.width === 0 || at.top < 0 || at.bottom > innerHeight) return false;
      return [at.left + 3, (at.left + at.right) / 2, at.right - 3].some((x) => !e.contains(document.elementFromPoint(x, (at.top + at.bottom) / 2)));
    }).map((e) => e.textContent.trim()));
    expect(covered, name).toEqual([]);
    await shoot(page, `${name}-${reader}`, !root);
  }
  await context.close();
});

test('400 %: a screen 320 px wide needs no scrolling sideways', async () => {
  const { page, context } = await openPage(browser, { size: { width: 320, height: 256 } });
  for (const [name, path, root] of pages) {
    await page.goto(path());
    if (root) await drawn(page, root);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
  }
  await context.close();
});

test('a browser that cannot draw maps says so and leaves the other ways open', async () => {
  const blind = await launch('--disable-3d-apis');
  const { page } = await openPage(blind);
  await page.goto('/');
  await page.waitForSelector('#map > .notice');
  expect(await violations(page)).toEqual([]);
  await page.goto('/reports/new');
  await page.waitForSelector('[data-island="place"] > .notice');
  await page.locator('#address').pressSequentially('12 rue des essais');
  await page.locator('#place-suggestions [role="option"]').first().click();
  expect(await page.inputValue('#lat')).toMatch(/^47\./);
  await blind.close();
});

describe('axe, in other states', () => {
  test('a refused form', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/reports/new');
    await page.click('.form-degrees summary');
    await page.fill('#lat', '47');
    await page.fill('#lon', '3');
    await ask(page, 'what');
    await page.check('input[value="roads"]');
    await ask(page, 'details');
    await page.fill('#title', 'Sans adresse');
    await ask(page, 'send');
    await page.fill('#email', 'personne');
    await page.click('.form-send');
    await page.waitForSelector('.error-summary');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('error-summary');
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
  test('an open card, hexagons, help', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(close);
    await drawn(page);
    await page.locator('.sheet .map-rows [role="option"]').first().click();
    await page.waitForSelector('.map-card .button');
    await page.click('.map-choice summary');
    await page.click('.map-shapes .pill:last-of-type');
    await drawn(page);
    expect(await violations(page)).toEqual([]);
    await page.click('.filter-open');
    await page.click('.picker summary');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('.maplibregl-canvas').press('?');
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
  test('suggested addresses', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
    await page.locator('#address').pressSequentially('rue des essais');
    await page.waitForSelector('#place-suggestions [role="option"]');
    expect(await violations(page)).toEqual([]);
    await context.close();
  });
});

const focused = (page: Page) => page.evaluate(() => {
  const at = document.activeElement;
  return at?.getAttribute('role') ?? at?.tagName.toLowerCase() ?? '';
});

async function tabTo(page: Page, role: string): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === role) return;
  }
  throw new Error(`no way by Tab to ${role}`);
}

test('axe in English, with everything of the map page open', async () => {
  const { page, context } = await openPage(browser, { size: telephone });
  await page.goto(`${close}&lang=en&status=open&from=2024-03-01&to=2024-04-01`);
  await drawn(page);
  expect(await page.getAttribute('html', 'lang')).toBe('en');
  await page.click('.time-toggle');
  expect(await violations(page)).toEqual([]);
  await page.click('.time-toggle');
  await page.click('.map-choice summary');
  await page.click('.map-menu');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.click('.filter-open');
  for (const picker of await page.locator('.picker summary').all()) await picker.click();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.body.innerText.match(/\b(map|card|filter|time)\.[a-z_.]+/))).toBeNull();
  await context.close();
});

describe('with the keyboard alone', () => {
  test('narrow the period, and turn the pages of cards', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/');
    await drawn(page);
    const from = page.locator('.time-handle.from');
    await from.focus();
    expect(await from.getAttribute('aria-valuetext')).toMatch(/2024/);
    await page.keyboard.press('PageUp');
    await page.waitForFunction(() => location.search.includes('from='));
    const day = new URL(page.url()).searchParams.get('from');
    expect(await focused(page)).toBe('slider');
    await page.keyboard.press('Home');
    await page.waitForFunction(() => !location.search.includes('from='));
    expect(day).toMatch(/^2024-/);

    await page.waitForFunction(() => document.querySelectorAll('.sheet .map-rows > li').length > 1 && !document.querySelector('.map-rows[aria-busy]'));
    await page.locator('.sheet .map-rows').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.map-card .button');
    const second = new URL(page.url()).searchParams.get('report');
    await page.locator('.map-card-turns button').first().press('Enter');
    await page.waitForFunction((id) => new URL(location.href).searchParams.get('report') !== id, second);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !location.search.includes('report'));
    expect(await focused(page)).toBe('listbox');
    await context.close();
  });

  test('move the map, read what is under the crosshair, come back', async () => {
    const { page, context } = await openPage(browser);
    const report = (await exported()).find((r) => r.title.startsWith('Tag'));
    if (!report) throw new Error('no report');
    await page.goto(`/?z=18&lat=${report.lat}&lon=${report.lon}`);
    await drawn(page);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
    await tabTo(page, 'application');
    const before = await picture(page);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('-');
    await page.waitForFunction(() => location.search.startsWith('?z=17'));
    await page.keyboard.press('+');
    await page.waitForFunction(() => location.search.startsWith('?z=18'));
    await drawn(page);
    expect((await picture(page)).bounds.map((degrees) => degrees.toFixed(4))).toEqual(before.bounds.map((degrees) => degrees.toFixed(4)));
    await shoot(page, 'crosshair');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.map-card h2');
    expect(await focused(page)).toBe('dialog');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('application');

    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('listbox');
    await page.keyboard.press('End');
    const active = await page.getAttribute('.sheet .map-rows', 'aria-activedescendant');
    expect(await page.textContent(`#${active}`)).toBe(await page.locator('.sheet .map-rows > li').last().textContent());
    await page.keyboard.press('Enter');
    await page.waitForSelector('.map-card .button');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('listbox');
    await page.keyboard.press('Escape');
    expect(await focused(page)).toBe('application');
    expect(await page.textContent('[role="status"]')).toMatch(/\d/);
    await context.close();
  });

  test('live changes take neither the focus nor the active row away', async () => {
    const { page, context } = await openPage(browser);
    await page.goto(close);
    await drawn(page);
    await page.locator('.sheet .map-rows').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = await page.getAttribute('.sheet .map-rows', 'aria-activedescendant');
    const rows = await page.locator('.sheet .map-rows > li').count();
    const answer = await page.request.post('/api/v1/reports', {
      data: { category: 'tag', title: 'Tag vu en direct', location: { type: 'Point', coordinates: [centre.lon, centre.lat] } },
    });
    expect(answer.status()).toBe(201);
    await page.waitForFunction((before) => document.querySelectorAll('.sheet .map-rows > li').length > before, rows);
    expect(await focused(page)).toBe('listbox');
    expect(await page.getAttribute('.sheet .map-rows', 'aria-activedescendant')).toBe(active);
    await context.close();
  });

  test('file a report', async () => {
    const { page, context } = await openPage(browser);
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
    await tabTo(page, 'application');
    await page.keyboard.press('+');
    await page.keyboard.press('Shift+ArrowUp');
    await page.keyboard.press('Enter');
    expect(await page.inputValue('#lat')).toMatch(/^-?\d+\.\d{7}$/);
    await page.waitForFunction(() => document.querySelector('[data-island="place"] [role="status"]')?.textContent.startsWith('Lieu choisi')); // said once the nearest address has come
    await page.locator('.form-next').press('Enter');
    await page.waitForSelector('#step-what:visible');
    await page.locator('#category').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown'); // the first one below it
    expect(await page.isChecked('input[value="pothole"]')).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('#step-details:visible');
    await page.locator('#title').focus();
    await page.keyboard.type('Trou au clavier');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#step-send:visible');
    await page.locator('.form-send').press('Enter');
    await page.waitForURL(/thanks/);
    await page.waitForSelector('main .notice');
    await page.locator('main').getByRole('link', { name: 'Lire le signalement' }).press('Enter');
    await page.waitForSelector('.timeline');
    expect(await page.textContent('h1')).toBe('Trou au clavier');
    await context.close();
  });
});
