// What becomes of a report: commented on with a photo, answered by the service with the keyboard alone, "not fixed", corrected and withdrawn. On a telephone, and
// without script where it says so.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { signedIn, sql } from './database';
import { address, desk, launch, openPage, shoot, telephone, violations } from './browser';
import { mailedLink } from './outbox';
import { centre } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** Files a report by the API. */
async function file(title: string, email = ''): Promise<number> {
  const answer = await fetch(`${address}/api/v1/reports`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ category: 'pothole', title, ...(email && { email }), location: { type: 'Point', coordinates: [centre.lon, centre.lat] } }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: number }).id;
}

async function clean(page: Page, name: string, script = true): Promise<void> {
  expect(await violations(page, script), name).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${name} is not wider than the screen`).toBeLessThanOrEqual(0);
  await shoot(page, name, true);
}

/** A small photo, drawn by the browser. */
async function photo(page: Page): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const encoded = await page.evaluate<string>(`(() => { const c = document.createElement('canvas'); c.width = 320; c.height = 240;
    const p = c.getContext('2d'); p.fillStyle = '#3a7'; p.fillRect(0, 0, 320, 240); return c.toDataURL('image/jpeg').split(',')[1]; })()`);
  return { name: 'trou.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(encoded, 'base64') };
}

/** Signs in by the link that is mailed to an address. */
async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.fill('input[name="email"]', email);
  await page.press('input[name="email"]', 'Enter');
  await page.waitForURL('**/sign-in/sent**');
  await page.goto(await mailedLink(email));
  await page.click('main form button');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

describe('the life of a report', () => {
  test('a comment with a photo, without script, read by a moderator first', async () => {
    const id = await file('Trou commenté');
    const drawn = await openPage(browser);
    const one = await photo(drawn.page);
    const { page, context } = await openPage(browser, { size: telephone, script: false });
    await page.goto(`/reports/${id}`);
    await page.click('.comment-box > summary');
    await page.click('.comment-box button'); // nothing written
    await page.waitForSelector('.error-summary');
    await clean(page, 'comment-refused', false);
    await page.fill('#body', 'Il s’agrandit chaque jour.');
    await page.setInputFiles('#photo', one);
    await page.click('main form button');
    await page.waitForURL('**said=waits');
    await clean(page, 'comment-waits', false);
    expect(await page.textContent('main')).not.toContain('Il s’agrandit');

    const moderator = await openPage(browser, { size: telephone });
    await signedIn(moderator.context, 'moderator');
    await moderator.page.goto(`/moderation/reports/${id}`);
    expect(await moderator.page.locator('.photos img').count()).toBe(1);
    await clean(moderator.page, 'comment-moderated');
    await moderator.page.click('button[value="publish"]');
    await moderator.page.waitForSelector('.notice');
    await page.goto(`/reports/${id}`);
    expect(await page.textContent('.timeline')).toContain('Il s’agrandit');
    expect(await page.locator('.timeline .photos img').count()).toBe(1);
    await clean(page, 'comment', false);
    for (const c of [drawn.context, context, moderator.context]) await c.close();
  });

  test('the service answers by keyboard; "not fixed" reopens', async () => {
    const id = await file('Trou à boucher', 'auteure@example.org');
    const staff = await openPage(browser, { size: desk });
    await signedIn(staff.context, 'administrator');
    await staff.page.goto(`/reports/${id}/respond`);
    await clean(staff.page, 'respond');
    await staff.page.focus('#to-rejected');
    await staff.page.keyboard.press('Space');
    await staff.page.press('#message-move', 'Tab');
    await staff.page.press('section:has(#to) button', 'Enter'); // without a word
    await staff.page.waitForSelector('.error-summary');
    await clean(staff.page, 'respond-refused');
    await staff.page.focus('#to-resolved');
    await staff.page.keyboard.press('Space');
    await staff.page.focus('#message-move');
    await staff.page.keyboard.type('Rebouché ce matin.');
    await staff.page.press('section:has(#to) button', 'Enter');
    await staff.page.waitForURL('**said=respond**');
    await clean(staff.page, 'responded');

    const { page, context } = await openPage(browser, { size: telephone, dark: true });
    await page.goto(`/reports/${id}/fixed`); // as the mail leads: who is not known may say so first
    await page.waitForURL('**/sign-in?**');
    await signIn(page, 'auteure@example.org');
    await page.goto('/me/reports');
    await clean(page, 'my-reports');
    await page.click('a[href$="/fixed"]');
    await clean(page, 'fixed');
    await page.fill('#words', 'Le trou est toujours là.');
    await page.click('button[value="no"]');
    await page.waitForURL('**said=reopened');
    await clean(page, 'fixed-reopened');
    await page.click('button[value="1"]');
    await page.waitForURL('**said=score');
    expect(sql(`select status from report where id = ${id}`)).toBe('reopened');
    await page.goto(`/reports/${id}`);
    expect(await page.textContent('.timeline')).toContain('Le trou est toujours là.');
    await clean(page, 'report-reopened');
    await staff.context.close();
    await context.close();
  });

  test('the service splits a report by form; whole and parts lead to each other', async () => {
    const id = await file('Trou et lampe', 'voisin@example.org');
    const { page, context } = await openPage(browser, { size: telephone });
    await signedIn(context, 'administrator');
    await page.goto(`/reports/${id}/respond`);
    await page.fill('#title-1', 'Le trou');
    await page.selectOption('#category-1', 'pothole');
    await page.click('section:has(#title-1) button'); // one part is none
    await page.waitForSelector('.error-summary');
    await clean(page, 'split-refused');
    await page.fill('#title-2', 'La lampe');
    await page.selectOption('#category-2', 'lamp-out');
    await page.click('section:has(#title-1) button');
    await page.waitForURL('**said=respond**');
    await clean(page, 'split-whole');
    await page.click('.report-list a');
    await page.waitForSelector(`.notice a[href="/reports/${id}"]`);
    await clean(page, 'split-part');
    expect(sql(`select status from report where id = ${id}`)).toBe('in_progress');
    await context.close();
  });

  test('corrected and withdrawn in the browser where it was filed, without an account', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto('/reports/new');
    const id = await page.evaluate<number>(`(async () => {
      const answer = await fetch('/api/v1/reports', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ category: 'pothole', title: 'Tru dans la rue', location: { type: 'Point', coordinates: [${centre.lon}, ${centre.lat}] } }) });
      return (await answer.json()).id; })()`);
    await page.goto(`/reports/${id}`);
    await page.click(`a[href="/reports/${id}/edit"]`);
    await page.fill('#title', '');
    await page.click('main form button');
    await page.waitForSelector('.error-summary');
    await clean(page, 'edit-refused');
    await page.fill('#title', 'Trou dans la rue');
    await page.click('main form button');
    await page.waitForURL('**said=edit**');
    expect(await page.textContent('h1')).toBe('Trou dans la rue');
    await clean(page, 'edited');
    await page.goto(`/reports/${id}?as=public`);
    await clean(page, 'as-public');
    await page.goto(`/reports/${id}/withdraw`);
    await clean(page, 'withdraw');
    await page.click('main form button');
    await page.waitForURL('**said=withdraw**');
    expect(sql(`select status from report where id = ${id}`)).toBe('withdrawn');

    const other = await openPage(browser, { size: telephone }); // another browser is nobody
    await other.page.goto(`/reports/${id}/edit`);
    await other.page.waitForURL('**/sign-in?**');
    await context.close();
    await other.context.close();
  });
});
