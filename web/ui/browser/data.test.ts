// Personal data: axe on every page of it, and the way of a resident who looks, takes a copy and erases, with the keyboard and without script. Accounts are made
// from the command line beside the running server.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { desk, launch, openPage, shoot, telephone, violations, type Wish } from './browser';
import { centre } from './town';

const binary = resolve(import.meta.dirname, '../../../bin/quartier');
const run = promisify(execFile);

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

interface Member { page: Page; context: BrowserContext; faults: string[]; email: string }

/** Makes an account and signs in by the link that the command line tells. */
async function member(wish: Wish = {}, role?: string): Promise<Member> {
  const email = `donnees-${Math.random().toString(36).slice(2)}@ville.example`;
  const { stdout } = await run(binary, ['user', 'add', '--data', inject('data'), '--email', email, ...(role === undefined ? [] : ['--role', role])]);
  const link = /http:\S+(\/sign-in\/link\?token=\S+)/.exec(stdout)?.[1];
  if (link === undefined) throw new Error(stdout);
  const opened = await openPage(browser, wish);
  await opened.page.goto(link);
  await opened.page.click('main form button');
  return { ...opened, email };
}

/** Files a report with a contact, by the form's own way of programs. */
async function fileReport(page: Page, title: string, email: string): Promise<number> {
  const answer = await page.request.post('/api/v1/reports', {
    headers: { 'Sec-Fetch-Site': 'same-origin' },
    data: { category: 'pothole', title, email, location: { type: 'Point', coordinates: [centre.lon, centre.lat] } },
  });
  expect(answer.status()).toBe(201);
  return ((await answer.json()) as { id: number }).id;
}

const readers: [name: string, wish: Wish][] = [
  ['desk-light', { size: desk }], ['desk-dark', { size: desk, dark: true }], ['telephone-light', { size: telephone }], ['telephone-dark', { size: telephone, dark: true }],
  ['plain', { size: telephone, script: false }], ['english', { size: desk, locale: 'en-GB' }],
];

describe.each(readers)('axe, %s', (reader, wish) => {
  let page: Page;
  beforeAll(async () => {
    let email: string;
    ({ page, email } = await member(wish, 'administrator'));
    await fileReport(page, 'Un nid-de-poule devant chez moi', email);
  });
  afterAll(() => page.context().close());
  test.each([['data', '/me/data'], ['erase', '/me/data/erase'], ['privacy', '/privacy'], ['erased', '/privacy?erased=1'], ['notice', '/admin/privacy'], ['retention', '/admin/retention']])(
    '%s', async (name, path) => {
      await page.goto(path);
      expect(await page.getAttribute('html', 'lang')).toBe(wish.locale === undefined ? 'fr' : 'en');
      expect(await page.locator('main h1').count()).toBe(1);
      await page.locator('.data-section').evaluateAll((all) => { for (const one of all) one.setAttribute('open', ''); });
      expect(await violations(page, wish.script)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'nothing is wider than the screen').toBeLessThanOrEqual(0);
      expect(await page.evaluate(() => document.body.innerText.match(/\b(data|privacy|retention|contact|admin)\.[a-z_.]+/))).toBeNull();
      await shoot(page, `data-${name}-${reader}`, true);
    });
});

test('see, take a copy and erase, without script', async () => {
  const { page, context, email } = await member({ script: false, size: telephone });
  const id = await fileReport(page, 'Trou sans script', email);
  await page.goto('/me');
  await page.click('.mine-tabs a[href="/me/data"]');
  expect(await page.textContent('main')).toContain(email);
  const download = page.waitForEvent('download');
  await page.click('a[href="/me/data.json"]');
  const copy = JSON.parse(await readFile(await (await download).path(), 'utf8')) as Record<string, Record<string, unknown>[]>;
  expect(copy.account?.[0]?.email).toBe(email);
  expect(copy.reports?.map((one) => one.title)).toEqual(['Trou sans script']);
  const table = page.waitForEvent('download');
  await page.click('a[href="/me/data.zip"]');
  expect((await readFile(await (await table).path())).subarray(0, 2).toString()).toBe('PK');
  await page.click('a[href="/me/data/erase"]');
  await page.check('#sure');
  await page.click('button.danger');
  expect(new URL(page.url()).pathname).toBe('/privacy');
  expect(await page.textContent('.notice')).toContain('effacées');
  await page.goto('/me/data');
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  await page.goto(`/reports/${id}`);
  expect(await page.textContent('h1')).toBe('Trou sans script');
  await context.close();
});

test('erase with the keyboard alone', async () => {
  const { page, context, faults } = await member();
  await page.goto('/me/data/erase');
  for (let i = 0; i < 60 && !(await page.evaluate(() => document.activeElement?.id === 'sure')); i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/privacy?erased=1');
  expect(faults).toEqual([]);
  await context.close();
});

test('a notice that is new asks for an agreement until it is given', async () => {
  const { page, context } = await member({ script: false });
  expect(await page.isVisible('.site-asked')).toBe(true);
  await page.click('.site-asked a');
  await page.click('.privacy-agree button');
  expect(await page.isVisible('.privacy-agree')).toBe(false);
  await page.goto('/reports');
  expect(await page.isVisible('.site-asked')).toBe(false);
  await context.close();
});

test('an agent reads a contact, and the person learns of it', async () => {
  const resident = await member({ script: false });
  const id = await fileReport(resident.page, 'Trou à suivre', resident.email);
  const agent = await member({ script: false, size: telephone }, 'agent');
  await agent.page.goto(`/reports/${id}`);
  expect(await agent.page.textContent('main')).not.toContain(resident.email);
  await agent.page.click('form[action$="/contact"] button');
  expect(await agent.page.textContent('main')).toContain(resident.email);
  expect(await violations(agent.page, false)).toEqual([]);
  await shoot(agent.page, 'data-contact', true);
  await resident.page.goto('/me/data');
  expect(await resident.page.locator('.data-section', { hasText: 'Qui a lu vos coordonnées' }).textContent()).toContain(`report/${id}`);
  await Promise.all([resident.context.close(), agent.context.close()]);
});
