// Notices: who follows an area hears of a report that is filed there, in one mail, and ends that by the link of the mail. On a telephone, with script and
// without; axe on the pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { desk, launch, openPage, shoot, telephone, violations, type Wish } from './browser';
import { signedIn, sql } from './database';
import { centre } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

/** Waits until a question to the database has an answer. */
async function answered(question: string): Promise<string> {
  for (const start = Date.now(); Date.now() - start < 60_000;) {
    const answer = sql(question);
    if (answer !== '') return answer;
    await new Promise((next) => setTimeout(next, 200));
  }
  throw new Error(`no answer: ${question}`);
}

/** Somebody who is signed in, with a number of their own. */
async function somebody(wish: Wish): Promise<{ page: Page; context: BrowserContext; id: string; email: string }> {
  const { page, context } = await openPage(browser, wish);
  await signedIn(context, 'analyst');
  const [id = '', email = ''] = sql('select id, email from person order by id desc limit 1').split('\t');
  return { page, context, id, email };
}

async function file(page: Page, title: string): Promise<void> {
  const answer = await page.request.post('/api/v1/reports', {
    headers: { 'Sec-Fetch-Site': 'same-origin', Cookie: '' },
    data: { category: 'pothole', title, location: { type: 'Point', coordinates: [centre.lon, centre.lat] } },
  });
  expect(answer.status()).toBe(201);
}

const area = `ST_Buffer(ST_SetSRID(ST_MakePoint(${centre.lon}, ${centre.lat}), 4326), 0.002)`;

describe.each([['with script', true], ['without script', false]])('%s', (_, script) => {
  test('follow an area, hear of a report there, end it by the link of the mail', async () => {
    const { page, context, id, email } = await somebody({ size: telephone, script });
    sql(`insert into follow (person_id, area, name, created_at) values (${id}, ${area}, 'Ma rue', now())`);
    const visitor = await openPage(browser, { size: telephone });
    const title = `Trou ${Math.random().toString(36).slice(2)}`;
    await file(visitor.page, title);
    const link = new URL(await answered(`select unsubscribe from mail where recipient = '${email}' and subject like '${title}%' order by id desc limit 1`));
    expect(sql(`select body like '%Ma rue%' and html like '%Ma rue%' and body like '%${title}%' from mail where recipient = '${email}'`)).toBe('t');
    await page.goto('/me/notifications');
    expect(await page.textContent('main')).toContain(title);
    // The link is opened by whoever has the mail, signed in or not.
    await visitor.page.goto(link.pathname + link.search);
    expect(sql(`select count(*) from follow where person_id = ${id}`)).toBe('1');
    expect(await violations(visitor.page)).toEqual([]);
    await shoot(visitor.page, `notice-stop-${script ? 'script' : 'plain'}`, true);
    await visitor.page.click('main form button:not([name])');
    expect(await visitor.page.textContent('.notice')).toContain('C’est fait');
    expect(sql(`select count(*) from follow where person_id = ${id}`)).toBe('0');
    await Promise.all([context.close(), visitor.context.close()]);
  });

  test('choose when and how', async () => {
    const { page, context, id } = await somebody({ size: telephone, script });
    await page.goto('/me/notifications');
    await page.selectOption('#rhythm', 'daily');
    await page.selectOption('#hour', '18');
    await page.check('#quiet');
    await page.click('form.form-step button');
    expect(await page.textContent('.notice[role="status"]')).toContain('C’est noté');
    expect(sql(`select rhythm, hour, quiet_from, quiet_to from notice_choice where person_id = ${id}`)).toBe('daily\t18\t22\t7');
    expect(await page.inputValue('#hour')).toBe('18');
    await context.close();
  });
});

test.each<[string, Wish]>([
  ['telephone-light', { size: telephone }], ['telephone-dark', { size: telephone, dark: true }], ['desk-light', { size: desk }], ['desk-dark', { size: desk, dark: true }],
  ['english', { size: desk, locale: 'en-GB' }],
])('axe, %s', async (name, wish) => {
  const { page, context, id, email } = await somebody(wish);
  sql(`insert into mail_refused (address, reason, at) values ('${email}', 'x', now());
    insert into push_subscription (person_id, endpoint_sha256, endpoint, p256dh, auth, agent, created_at)
      values (${id}, sha256('${email}'), 'https://push.example.org/${id}', decode(repeat('00', 65), 'hex'), decode(repeat('00', 16), 'hex'), 'Firefox · Android', now())`);
  await page.goto('/me/notifications');
  expect(await violations(page, true)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'nothing is wider than the screen').toBeLessThanOrEqual(0);
  expect(await page.evaluate(() => document.body.innerText.match(/\bnotice\.[a-z_.]+/))).toBeNull();
  await shoot(page, `notice-${name}`, true);
  await context.close();
});
