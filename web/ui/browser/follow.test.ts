// Supporting and following, as people do it: on a telephone, by keyboard, without script; and an area that somebody draws.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { address, desk, drawn, launch, openPage, shoot, telephone, violations, type Wish } from './browser';
import { mailedLink, reachable, sql } from './outbox';
import { centre, streets } from './town';

const named = address.replace('127.0.0.1', 'localhost');

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** A browser that speaks to the server by its name. */
async function open(wish: Wish = {}): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const { page, context, faults } = await openPage(browser, { size: telephone, ...wish });
  await context.unrouteAll(); // it would cut off the server's name as a stranger's
  return { page, context, faults };
}

/** Presses the button of the link that was last mailed to an address. */
async function byLink(page: Page, email: string): Promise<void> {
  await page.goto(named + (await mailedLink(email)));
  await page.click('main button');
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${named}/sign-in`);
  await page.fill('#email', email);
  await page.press('#email', 'Enter');
  await page.waitForURL('**/sign-in/sent');
  await byLink(page, email);
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** The page of some report. */
async function aReport(page: Page, nth: number): Promise<string> {
  await page.goto(`${named}/reports`);
  const path = await page.locator('.report-row h2 a').nth(nth).getAttribute('href');
  return named + (path ?? '');
}

const supportButton = '.take-part form[action$="/support"] button';
const followButton = '.take-part-ways > :last-child:is(a, form)';

describe.runIf(reachable).each([['with script', {}, 0], ['without script', { script: false }, 1]] as [string, Wish, number][])('%s', (_, wish, nth) => {
  const email = `suit.${nth}@example.org`;

  test('one tap supports a report, and a mailed link follows it', async () => {
    const { page, context, faults } = await open(wish);
    const report = await aReport(page, nth);
    await page.goto(report);
    expect(await page.getAttribute(supportButton, 'aria-pressed')).toBe('false');
    for (const one of [supportButton, followButton]) {
      const box = await page.locator(one).boundingBox();
      expect(box?.height).toBeGreaterThanOrEqual(44);
    }
    await page.click(supportButton);
    await page.waitForURL('**done=support*');
    expect(await page.getAttribute(supportButton, 'aria-pressed')).toBe('true');
    if (wish.script !== false) expect(await violations(page)).toEqual([]);
    await shoot(page, `support-${nth}`);
    await page.click(followButton);
    await page.fill('#email', email);
    await page.press('#email', 'Enter');
    await page.waitForURL('**/sign-in/sent');
    await byLink(page, email);
    await page.waitForURL('**done=follow*');
    expect(await page.getAttribute('.take-part form[action$="/follow"] button', 'aria-pressed')).toBe('true');
    expect(await page.getAttribute(supportButton, 'aria-pressed')).toBe('true'); // the browser's support is the person's now
    await page.goto(`${named}/me/follows`);
    expect(await page.locator('.mine-list > li').count()).toBe(1);
    await page.click('.mine-list form[action$="/end"] button');
    await page.waitForURL('**done=ended*');
    expect(await page.locator('.mine-list > li').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('around an address', async () => {
    const { page, context } = await open(wish);
    await signIn(page, email);
    await page.goto(`${named}/follow`);
    await page.fill('#address', `12 ${streets[0]?.name ?? ''}`);
    if (wish.script === false) await page.click('button[name="step"]');
    else await page.press('#address', 'Enter');
    await expect.poll(() => page.inputValue('input[name="lat"]')).not.toBe('');
    await page.selectOption('#radius', '1000');
    await shoot(page, `follow-near-${nth}`);
    await page.click('.form-send');
    await page.waitForURL('**/me/follows?done=begun');
    expect((await page.textContent('.mine-list'))?.replace(/\s/g, ' ')).toContain('1 000 m');
    if (wish.script !== false) expect(await violations(page)).toEqual([]);
    await shoot(page, `follows-${nth}`);
    await context.close();
  });
});

describe.runIf(reachable)('an area', () => {
  const corners = [[60, 60], [230, 70], [220, 260], [80, 240]] as const; // px in the map

  test('drawn with a finger on a telephone', async () => {
    const { page, context, faults } = await open();
    await signIn(page, 'dessine@example.org');
    await page.goto(`${named}/follow?z=15&lat=${centre.lat}&lon=${centre.lon}`);
    await page.check('input[name="where"][value="area"]');
    await drawn(page, '[data-draw]');
    const canvas = page.locator('[data-draw] canvas');
    await canvas.scrollIntoViewIfNeeded();
    for (const [x, y] of [...corners, corners[0]]) await canvas.click({ position: { x, y } });
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[name="area"]')?.value !== '');
    expect((await page.inputValue('input[name="area"]')).split('~').length).toBe(corners.length);
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'follow-drawn');
    await page.click('.form-send');
    await page.waitForURL('**/me/follows?done=begun');
    const drawnBy = `from follow f join person p on p.id = f.person_id where p.email = 'dessine@example.org'`;
    expect(await sql(`select ST_NPoints(area) ${drawnBy}`)).toBe('5');
    expect(faults).toEqual([]);

    // A report is filed there; the digest of the day comes, and ends by its link for whoever holds the mail.
    const coordinates = (await sql(`select ST_X(ST_PointOnSurface(area)) || ' ' || ST_Y(ST_PointOnSurface(area)) ${drawnBy}`)).split(' ').map(Number);
    const file = async (title: string) => {
      const answer = await page.request.post(`${named}/api/v1/reports`, {
        headers: { 'Sec-Fetch-Site': 'same-origin', Cookie: '' }, data: { category: 'pothole', title, location: { type: 'Point', coordinates } },
      });
      expect(answer.status()).toBe(201);
    };
    await file('Trou dans le secteur dessiné');
    const waiting = `from notice n join person p on p.id = n.person_id where p.email = 'dessine@example.org' and told_at is null`;
    await expect.poll(() => sql(`select count(*) ${waiting}`), { timeout: 30_000 }).toBe('1');
    await sql(`update notice set due_at = now() where id in (select n.id ${waiting})`); // the hour of the digest
    await file('Encore un trou'); // for tomorrow's; the planner wakes who tells
    const mail = `from mail where recipient = 'dessine@example.org' and purpose = 'notice'`;
    await expect.poll(() => sql(`select subject ${mail}`), { timeout: 30_000 }).toContain('Trou dans le secteur dessiné');
    const link = new URL(await sql(`select unsubscribe ${mail}`));
    const reader = await open();
    await reader.page.goto(named + link.pathname + link.search);
    expect(await sql(`select count(*) ${drawnBy}`)).toBe('1'); // opening it ends nothing
    await reader.page.click('main form button:not([name])');
    await reader.page.waitForSelector('.notice');
    expect(await sql(`select count(*) ${drawnBy}`)).toBe('0');
    await Promise.all([context.close(), reader.context.close()]);
  });

  test('a browser without an account is offered pushes, and no address is needed once it takes them', async () => {
    const { page, context, faults } = await open();
    const report = await aReport(page, 3);
    await page.goto(`${report}/follow`);
    const key = await page.getAttribute('[data-push]', 'data-push');
    expect(key).toMatch(/^[\w-]{87}$/);
    // The browser of these journeys has no push service: what it would tell the server is told for it.
    const subscribed = await page.evaluate(async () => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
      const text = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
      const keys = { p256dh: text(await crypto.subtle.exportKey('raw', pair.publicKey)), auth: text(new ArrayBuffer(16)) };
      const answer = await fetch('/api/v1/push', { method: 'POST', headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ endpoint: 'https://push.example.org/journey', keys }) });
      return answer.status;
    });
    expect(subscribed).toBe(204);
    await page.reload();
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'follow-device');
    await page.click('form:has(input[value="device"]) button');
    await page.waitForURL('**done=follow*');
    expect(await page.getAttribute('.take-part form[action$="/follow"] button', 'aria-pressed')).toBe('true');
    await page.goto(`${named}/follow`);
    expect(await page.locator('.mine-list > li').count()).toBe(1);
    expect(await page.locator('.mine-list').evaluate((list) => getComputedStyle(list).listStyleType)).toBe('none');
    await shoot(page, 'follow-here', true);
    await page.click('.mine-list form button');
    await page.waitForURL('**done=ended*');
    expect(await page.locator('.mine-list > li').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('drawn by keyboard alone, from the map page on', async () => {
    const { page, context } = await open({ size: desk });
    await signIn(page, 'clavier@example.org');
    await page.goto(`${named}/?z=15&lat=${centre.lat}&lon=${centre.lon}`);
    await drawn(page);
    await page.focus('.map-follow');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/follow?**');
    await page.focus('input[name="where"]:checked');
    for (let i = 0; i < 4 && !(await page.isChecked('input[name="where"][value="area"]')); i++) await page.keyboard.press('ArrowDown');
    await drawn(page, '[data-draw]');
    await page.focus('[data-draw] canvas');
    for (const key of ['ArrowUp', 'ArrowRight', 'ArrowDown']) {
      await page.keyboard.press('Enter');
      await page.keyboard.press(key);
      await drawn(page, '[data-draw]');
    }
    await page.keyboard.press('Enter');
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('input[name="area"]')?.value !== '');
    expect((await page.inputValue('input[name="area"]')).split('~').length).toBe(4);
    await shoot(page, 'follow-keyboard');
    await page.focus('.form-send');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/me/follows?done=begun');
    await context.close();
  });
});
