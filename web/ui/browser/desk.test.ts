// What staff do for others: blur a photo, file at the desk, hang up a poster.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { signedIn } from './database';
import { address, desk, launch, openPage, shoot, telephone, violations } from './browser';
import { centre } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

async function clean(page: Page, name: string, script = true): Promise<void> {
  expect(await violations(page, script), name).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${name} is not wider than the screen`).toBeLessThanOrEqual(0);
  await shoot(page, name, true);
}

/** Files a report with a photo by the API, and gives its number. */
async function fileWithPhoto(): Promise<number> {
  const { page, context } = await openPage(browser);
  await page.goto('/stats');
  const photo = await page.screenshot({ type: 'jpeg' });
  await context.close();
  const sent = await fetch(`${address}/api/v1/media`, { method: 'POST', headers: { 'content-type': 'image/jpeg' }, body: new Uint8Array(photo) });
  const { id, secret } = (await sent.json()) as { id: string; secret: string };
  const filed = await fetch(`${address}/api/v1/reports`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'quartier-upload': secret },
    body: JSON.stringify({ category: 'pothole', title: 'Une plaque se lit', photos: [id], location: { type: 'Point', coordinates: [centre.lon, centre.lat] } }),
  });
  expect(filed.status).toBe(201);
  return ((await filed.json()) as { id: number }).id;
}

describe('a photo that shows too much', () => {
  test('is blurred with a finger and by keyboard, and removed without script', async () => {
    const id = await fileWithPhoto();
    const moderator = await openPage(browser, { size: telephone });
    await signedIn(moderator.context, 'moderator');
    const { page } = moderator;
    await page.goto(`/moderation/reports/${id}`);
    const old = await page.locator('.photos img').getAttribute('src') ?? '';
    await page.locator('.retouch-link').click();
    const area = page.locator('.retouch-area');
    await area.press('ArrowRight');
    await area.press('Shift+ArrowDown');
    expect(await page.inputValue('#left')).toBe('36');
    expect(await page.inputValue('#height')).toBe('21');
    const box = await page.locator('.retouch-photo').boundingBox();
    if (!box) throw new Error('no photo');
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.75);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.25, { steps: 4 });
    await page.mouse.up();
    expect(Number(await page.inputValue('#left'))).toBeCloseTo(25, 0);
    expect(Number(await page.inputValue('#width'))).toBeCloseTo(50, 0);
    await clean(page, 'retouch-telephone');
    await page.press('form[data-retouch] button', 'Enter');
    await page.waitForURL(`**/reports/${id}`);
    expect((await fetch(new URL(old, address))).status).toBe(404);
    expect(await page.textContent('.timeline')).toContain('a été floutée');
    await page.locator('.photos').scrollIntoViewIfNeeded();
    await shoot(page, 'retouched');
    expect(moderator.faults).toEqual([]);
    await moderator.context.close();

    const plain = await openPage(browser, { script: false, dark: true });
    await signedIn(plain.context, 'moderator');
    await plain.page.goto(`/reports/${id}`);
    await plain.page.locator('.retouch-link').press('Enter');
    await plain.page.press('form[data-retouch] button', 'Enter'); // without an area
    await plain.page.waitForSelector('.error-summary');
    await clean(plain.page, 'retouch-plain-dark', false);
    await plain.page.press('button[value="remove"]', 'Enter');
    await plain.page.waitForURL(`**/reports/${id}`);
    expect(await plain.page.locator('.photos img').count()).toBe(0);
    await plain.context.close();
  });
});

describe('the desk', () => {
  test('files for somebody by keyboard, prints a receipt, and takes the next person', async () => {
    const { page, context } = await openPage(browser, { size: desk });
    await signedIn(context, 'agent');
    await page.goto('/desk/new?category=pothole');
    await clean(page, 'desk-form');
    await page.locator('.form-degrees summary').press('Enter');
    await page.locator('#lat').pressSequentially(String(centre.lat));
    await page.locator('#lon').pressSequentially(String(centre.lon));
    await page.locator('#title').pressSequentially('Un trou, dit Mme Martin');
    await page.locator('#channel-desk').press('ArrowDown');
    await page.locator('#name').pressSequentially('Jeanne Martin');
    await page.locator('#phone').pressSequentially('06 12 34 56 78');
    await page.locator('#title').press('Enter');
    await page.waitForURL(/desk\/receipt/);
    expect(await page.textContent('main')).toContain('Un trou, dit Mme Martin');
    await clean(page, 'desk-receipt');
    await page.locator('main a.button').press('Enter');
    await page.waitForURL(/desk\/new/);
    expect(await page.inputValue('#name')).toBe('');
    await context.close();
  });
});

describe('a poster', () => {
  test('is two sheets on paper', async () => {
    const { page, context } = await openPage(browser, { size: desk });
    await signedIn(context, 'agent');
    await page.goto('/desk/poster');
    await page.locator('.page details summary').press('Enter');
    await page.fill('#lat', String(centre.lat));
    await page.fill('#lon', String(centre.lon));
    await page.press('#lon', 'Enter');
    await page.waitForSelector('.poster-code');
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    await clean(page, 'poster');
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const sheets = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length;
    if (process.env.QUARTIER_SHOTS) await writeFile(join(process.env.QUARTIER_SHOTS, 'poster.pdf'), pdf);
    expect(sheets).toBe(2);
    await context.close();
  });
});
