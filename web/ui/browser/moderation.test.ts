// A report is flagged, hidden, appealed and restored; a suspicious one is worked for by the script, or waits for a person without it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { mailTo, signedIn } from './database';
import { address, ask, desk, launch, openPage, shoot, telephone, violations } from './browser';
import { centre } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** Files a report by the API, as a program that is not suspicious. */
async function file(title: string, email: string): Promise<number> {
  const answer = await fetch(`${address}/api/v1/reports`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ category: 'pothole', title, email, location: { type: 'Point', coordinates: [centre.lon, centre.lat] } }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: number }).id;
}

async function clean(page: Page, name: string, script = true): Promise<void> {
  expect(await violations(page, script), name).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${name} is not wider than the screen`).toBeLessThanOrEqual(0);
  await shoot(page, name, true);
}

const status = async (path: string) => (await fetch(address + path)).status;

describe('moderation', () => {
  test('flag, hide, notice, appeal, restore, by keyboard and without script', async () => {
    const id = await file('Un gros mot', 'auteur@example.org');
    const resident = await openPage(browser, { size: telephone, script: false });
    await resident.page.goto(`/reports/${id}`);
    await resident.page.locator('.flag-item a').press('Enter');
    await resident.page.click('main form button'); // nothing chosen
    await clean(resident.page, 'flag-refused', false);
    await resident.page.check('input[value="insult"]');
    await resident.page.fill('#words', 'Le titre est une insulte.');
    await clean(resident.page, 'flag', false);
    await resident.page.press('main form button', 'Enter');
    await resident.page.waitForSelector('.notice');

    const [first, second] = [await openPage(browser, { script: false }), await openPage(browser, { size: telephone, dark: true })];
    await signedIn(first.context, 'moderator');
    await signedIn(second.context, 'moderator');
    await first.page.goto('/moderation');
    await clean(first.page, 'moderation-queue', false);
    await first.page.locator(`a[href="/moderation/reports/${id}"]`).press('Enter');
    await first.page.check('#verdict-hide');
    await first.page.click('.decide button'); // without a reason
    await clean(first.page, 'moderation-refused', false);
    await first.page.fill('#reason', 'Le titre insulte quelqu’un.');
    await first.page.press('.decide button', 'Enter');
    await first.page.waitForSelector('.notice');
    expect(await status(`/reports/${id}`)).toBe(404);

    const notice = mailTo('auteur@example.org');
    expect(notice).toContain('Le titre insulte quelqu’un.');
    const link = /http\S+\/appeal\?\S+/.exec(notice)?.[0] ?? '';
    await resident.page.goto(link.replace(address, ''));
    await clean(resident.page, 'appeal', false);
    await resident.page.fill('#words', 'C’est le nom de la rue.');
    await resident.page.press('main form button', 'Enter');
    await resident.page.waitForSelector('.notice');

    await second.page.goto(`/moderation/reports/${id}`);
    await clean(second.page, 'moderation-appeal');
    await second.page.locator('textarea[name="answer"]').fill('Vous avez raison.');
    await second.page.press('button[value="undone"]', 'Enter');
    await second.page.waitForSelector('.notice');
    expect(await status(`/reports/${id}`)).toBe(200);
    expect(mailTo('auteur@example.org')).toContain('Vous avez raison.');
    for (const one of [resident, first, second]) await one.context.close();
  });

  test('the block list', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await signedIn(context, 'administrator');
    await page.goto('/admin/blocks');
    await page.fill('#value', 'rien');
    await page.click('main form button');
    await page.waitForSelector('.error-summary');
    await clean(page, 'blocks-refused');
    await page.selectOption('#kind', 'domain');
    await page.fill('#value', 'pourriels.example');
    await page.fill('#reason', 'Publicité en série');
    await page.fill('#days', '30');
    await page.click('main form button');
    await page.waitForSelector('.block-list');
    await clean(page, 'blocks');
    await page.click('.block-list button');
    await page.waitForSelector('.block-list', { state: 'detached' });
    await context.close();
  });
});

/** Fills in the form faster than anybody writes. */
async function hurry(page: Page, title: string, script = true): Promise<void> {
  await page.goto(`/reports/new?category=pothole&lat=${centre.lat}&lon=${centre.lon}`);
  await page.evaluate((title) => { // all at once, as programs do
    const form = document.querySelector<HTMLFormElement>('form.filing');
    form?.querySelector('input[name="title"]')?.setAttribute('value', title);
    form?.querySelector('input[name="website"]')?.setAttribute('value', 'https://example.com');
  }, title);
  if (script) await ask(page, 'send');
  await page.click('.form-send');
}

describe('a suspicious filing', () => {
  test('the script of the page works for it, and the report is filed', async () => {
    const { page, context, faults } = await openPage(browser, { size: desk });
    await hurry(page, 'Vite et bien');
    await page.waitForURL(/thanks/);
    expect(await page.textContent('main h1')).toMatch(/nº \d+/);
    expect(faults.filter((fault) => !fault.includes('403'))).toEqual([]);
    await context.close();
  });

  test('without script it waits for a person, and nothing typed is lost', async () => {
    const { page, context } = await openPage(browser, { size: telephone, script: false });
    await hurry(page, 'Sans calcul', false);
    await clean(page, 'proof', false);
    expect(await page.inputValue('input[name="title"]')).toBe('Sans calcul');
    await page.press('button[value="none"]', 'Enter');
    await page.waitForURL(/thanks/);
    await clean(page, 'thanks-pending', false);
    const moderator = await openPage(browser);
    await signedIn(moderator.context, 'moderator');
    await moderator.page.goto('/moderation');
    await moderator.page.locator('h2 a', { hasText: 'Sans calcul' }).click();
    await clean(moderator.page, 'moderation-pending');
    await moderator.page.check('#verdict-publish');
    await moderator.page.click('.decide button');
    await moderator.page.waitForSelector('.notice');
    await context.close();
    await moderator.context.close();
  });
});
