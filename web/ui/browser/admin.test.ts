// The administration: axe on every page in light and dark, on a desk and in a hand; a mayor's tasks with the keyboard and without script. The account is made
// from the command line beside the running server.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { desk, launch, openPage, shoot, telephone, violations, type Wish } from './browser';
import { zoneFile, zoneSet } from './town';

const binary = resolve(import.meta.dirname, '../../../bin/quartier');
const run = promisify(execFile);

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** Makes an administrator and signs in by the link that the command line tells. */
async function administrator(wish: Wish = {}): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const email = `mairie-${Math.random().toString(36).slice(2)}@ville.example`;
  const { stdout } = await run(binary, ['user', 'add', '--data', inject('data'), '--role', 'administrator', '--email', email]);
  const link = /http:\S+(\/sign-in\/link\?token=\S+)/.exec(stdout)?.[1];
  if (link === undefined) throw new Error(stdout);
  const opened = await openPage(browser, wish);
  await opened.page.goto(link);
  await opened.page.click('main form button');
  await opened.page.goto('/admin');
  return opened;
}

const readers: [name: string, wish: Wish][] = [
  ['desk-light', { size: desk }], ['desk-dark', { size: desk, dark: true }], ['telephone-light', { size: telephone }], ['telephone-dark', { size: telephone, dark: true }],
  ['plain', { size: telephone, script: false }], ['english', { size: desk, locale: 'en-GB' }],
];
const pages: [name: string, path: string][] = [
  ['overview', '/admin'], ['people', '/admin/people'], ['person', '/admin/people/1'], ['groups', '/admin/groups'], ['group', '/admin/groups/1'], ['services', '/admin/services'],
  ['service', '/admin/services/1'], ['service-new', '/admin/services/new'], ['categories', '/admin/categories'], ['category', '/admin/categories/1'],
  ['zones', '/admin/zones'], ['zone-set', `/admin/zones/${zoneSet}`], ['revision', `/admin/zones/${zoneSet}/1`], ['settings', '/admin/settings'], ['audit', '/admin/audit'],
];

describe.each(readers)('axe, %s', (reader, wish) => {
  let page: Page;
  beforeAll(async () => {
    ({ page } = await administrator(wish));
    await page.goto('/admin/groups');
    await page.fill('#name', `Conseil de quartier ${reader}`);
    await page.click('main form button');
  });
  afterAll(() => page.context().close());
  test.each(pages)('%s', async (name, path) => {
    await page.goto(path);
    expect(await page.getAttribute('html', 'lang')).toBe(wish.locale === undefined ? 'fr' : 'en');
    expect(await page.locator('main h1').count()).toBe(1);
    expect(await violations(page, wish.script)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'nothing is wider than the screen').toBeLessThanOrEqual(0);
    expect(await page.evaluate(() => document.body.innerText.match(/\b(admin|error|form)\.[a-z_.]+/))).toBeNull();
    await shoot(page, `admin-${name}-${reader}`, true);
  });
});

test('a group, with the keyboard alone', async () => {
  const { page, context, faults } = await administrator();
  await page.goto('/admin/groups');
  await page.focus('#name');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.error-summary');
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('error-summary');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // to the field
  expect(await page.evaluate(() => document.activeElement?.id ?? location.hash)).toBe('name');
  await page.keyboard.type('Les Amis du parc');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.notice');
  expect(await page.textContent('h1')).toBe('Les Amis du parc');
  expect(faults.filter((one) => !one.includes('422'))).toEqual([]);
  await context.close();
});

test('a category with a question, without script: nothing typed is lost', async () => {
  const { page, context } = await administrator({ script: false });
  await page.goto('/admin/categories/new');
  await page.fill('#name_fr', 'Jardinière cassée');
  await page.fill('#colour', '#ffff00');
  await page.click('button[name="more"]');
  await page.fill('[name="attribute.0.label_fr"]', 'Quelle taille ?');
  await page.fill('[name="attribute.0.label_en"]', 'Which size?');
  await page.selectOption('[name="attribute.0.datatype"]', 'singlevaluelist');
  await page.fill('[name="attribute.0.values"]', 's | Petite | Small\nl | Grande | Large');
  await page.click('main form button:not(.form-default)');
  expect(await page.locator('.error-summary li').allTextContents()).toHaveLength(2); // the English name, the light colour
  expect(await page.inputValue('[name="attribute.0.values"]')).toBe('s | Petite | Small\nl | Grande | Large');
  expect(await violations(page, false)).toEqual([]);
  await shoot(page, 'admin-category-refused', true);
  await page.fill('#name_en', 'Broken planter');
  await page.fill('#colour', '#226622');
  await page.click('main form button:not(.form-default)');
  await page.waitForSelector('.notice');
  const { items } = (await (await page.request.get('/api/v1/categories')).json()) as { items: { slug: string }[] };
  expect(items.some((one) => one.slug === 'jardiniere-cassee')).toBe(true);
  await context.close();
});

test('zones: read a file, look at it on the map, put it into force, go back', async () => {
  const { page, context } = await administrator({ script: false });
  const moved = JSON.parse(zoneFile()) as { features: { properties: { code: string }; geometry: { coordinates: [number, number][][] } }[] };
  for (const ring of moved.features[0]?.geometry.coordinates ?? []) for (const at of ring) at[0] += 0.004;
  moved.features.pop();
  await page.goto(`/admin/zones/${zoneSet}`);
  await page.setInputFiles('#file', { name: 'secteurs.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(JSON.stringify(moved)) });
  await page.click('form[enctype] button');
  await page.waitForSelector('.zone-map');
  expect(await page.locator('.zone-before').count()).toBeGreaterThan(0);
  expect(await violations(page, false)).toEqual([]);
  await shoot(page, 'admin-revision-preview', true);
  await page.click('.admin-acts form:first-child button');
  await page.waitForSelector('.notice');
  expect(await page.locator('.rows tbody tr').first().textContent()).toContain('en vigueur');
  await page.goto(`/admin/zones/${zoneSet}/1`);
  await page.click('.admin-acts form:first-child button');
  await page.waitForSelector('.notice');
  await page.goto(`/admin/zones/${zoneSet}`);
  expect(await page.locator('.rows tbody tr').last().textContent()).toContain('en vigueur');
  await context.close();
});

test('who was invited gets a role with limits, and is listed in the audit', async () => {
  const { page, context } = await administrator({ size: telephone });
  await page.goto('/admin/people');
  await page.fill('#email', 'nouvelle@ville.example');
  await page.click('section form button');
  await page.waitForSelector('.notice');
  await page.check('input[name="role"][value="agent"]');
  await page.check('input[name="services"] >> nth=0');
  await page.click('section[aria-labelledby="grant"] form button');
  await page.waitForSelector('.rows');
  await shoot(page, 'admin-granted', true);
  await page.click('main .actions a >> nth=0');
  expect(await page.locator('.rows tbody').textContent()).toContain('rôle donné');
  await context.close();
});
