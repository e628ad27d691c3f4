// The form in a hand: one question a screen, a photo that says where it is, drafts that outlive the page, reports that are there already, the keyboard alone,
// and the check without script.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawn, exported, launch, openPage, ripe, shoot, telephone, violations } from './browser';
import { jpegAt } from '../src/filing/exif.example';
import { centre, streets } from './town';

let browser: Browser;
let photo: Buffer; // taken in the first street
beforeAll(async () => {
  browser = await launch();
  const { page, context } = await openPage(browser);
  await page.goto('/stats'); // what is seen there is as good a photo as any
  const picture = await page.screenshot({ type: 'jpeg' });
  photo = Buffer.concat([Buffer.from(jpegAt(streets[0])).subarray(0, -2), picture.subarray(2)]);
  await context.close();
});
afterAll(() => browser.close());

const step = (page: Page, name: string) => page.waitForSelector(`#step-${name}:visible`);
const next = (page: Page) => page.click('.form-next');
const taken = (name = 'trou.jpg') => ({ name, mimeType: 'image/jpeg', buffer: photo });
const sent = (page: Page, n: number) => page.waitForFunction((n) => document.querySelectorAll('input[name="photos"]').length === n, n);
/** Every control that is seen is as large as a thumb. */
const small = (page: Page) => page.evaluate(() => [...document.querySelectorAll('form.filing :is(button, a, select, summary, .kind-tile, .kind-chip)')]
  .filter((one) => one.checkVisibility() && !one.closest('.form-default, .form-public, p:not([class]), .maplibregl-map') && !one.matches('.form-default') && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML));

describe('on a telephone', () => {
  test('a photo first: its place, a category, a title, and it is filed in less than thirty seconds', async () => {
    const { page, context, faults } = await openPage(browser, { size: telephone });
    const before = Date.now();
    await page.goto('/reports/new');
    await page.waitForSelector('.form-first:visible');
    await page.setInputFiles('.form-camera input', [taken()]);
    await page.click('.form-photo-take');
    await drawn(page, '[data-island="place"]');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#address')?.value.startsWith('12 '));
    expect(await page.inputValue('#lat')).toBe(streets[0].lat.toFixed(7));
    await shoot(page, 'filing-where');
    expect(await small(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await next(page);
    await step(page, 'what');
    await page.fill('#kind-search', 'nid de');
    await shoot(page, 'filing-what');
    expect(await small(page)).toEqual([]);
    await page.click('#kind-found button:has-text("Nid-de-poule")');
    await step(page, 'details');
    await page.fill('#title', 'Trou photographié');
    await page.fill('#description', 'Appelez-moi au 06 12 34 56 78.');
    await page.waitForSelector('.form-warning:visible');
    await page.fill('#description', 'Profond, devant le garage.');
    await page.waitForSelector('.form-warning', { state: 'detached' });
    await sent(page, 1);
    await shoot(page, 'filing-details', true);
    expect(await small(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await next(page);
    await step(page, 'send');
    expect(await page.textContent('.preview-title')).toBe('Trou photographié');
    expect(await page.textContent('.preview-kind')).toContain('Nid-de-poule');
    await shoot(page, 'filing-send', true);
    expect(await small(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.click('.form-send');
    await page.waitForURL(/\/reports\/new\/thanks/);
    expect(Date.now() - before).toBeLessThan(30_000);
    await shoot(page, 'filing-thanks', true);
    expect(await violations(page)).toEqual([]);
    await page.click('main a.button');
    expect(await page.textContent('h1')).toBe('Trou photographié');
    expect(await page.locator('.photos img').count()).toBe(1);
    await page.goBack();
    await page.goBack();
    await page.waitForSelector('.form-progress:visible');
    expect(await page.inputValue('#title')).toBe(''); // nobody files it again by going back
    await page.goto('/reports/new');
    await page.waitForSelector('.form-progress:visible');
    expect(await page.isVisible('.form-draft')).toBe(false); // it is a report now
    expect(faults).toEqual([]);
    await context.close();
  });

  test('back and forward move between the questions; what is missing is said where it is', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto('/reports/new');
    await page.waitForSelector('.form-first:visible');
    await next(page);
    await page.waitForSelector('#step-where .form-missing');
    await page.click('.form-degrees summary');
    await page.fill('#lat', String(centre.lat));
    await page.fill('#lon', String(centre.lon));
    await next(page);
    await step(page, 'what');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('step-what-title');
    await next(page);
    await page.waitForSelector('#step-what .form-missing');
    await page.goBack();
    await step(page, 'where');
    await page.goForward();
    await step(page, 'what');
    await context.close();
  });

  test('a draft with its photo outlives a reload, is offered on return, and can be erased', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto(`/reports/new?lat=${centre.lat}&lon=${centre.lon}&category=pothole`);
    await page.waitForSelector('.form-first:visible');
    await next(page);
    await next(page);
    await step(page, 'details');
    await page.fill('#title', 'Brouillon');
    await page.setInputFiles('#photo', [taken()]);
    await sent(page, 1);
    await page.click('.form-photo-leave'); // the photo was taken elsewhere
    await page.reload(); // at once
    await step(page, 'details');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#title')?.value === 'Brouillon');
    await sent(page, 1);

    const again = await context.newPage(); // as after the browser was closed
    await again.goto('/reports/new');
    await again.waitForSelector('.form-draft:visible');
    expect(await violations(again)).toEqual([]);
    await again.click('.form-resume');
    expect(await again.inputValue('#title')).toBe('Brouillon');
    expect(await again.isChecked('input[value="pothole"]')).toBe(true);
    await sent(again, 1);
    await again.close(); // it keeps what is typed there, and would go on to
    const third = await context.newPage();
    await third.goto('/reports/new');
    await third.click('.form-forget');
    await third.reload();
    await third.waitForSelector('.form-progress:visible');
    expect(await third.isVisible('.form-draft')).toBe(false);
    await context.close();
  });

  test('a report that is there already is found while one writes, and supported in one tap', async () => {
    const other = (await exported('?category=pothole&status=open'))[0];
    if (!other) throw new Error('the town has no open pothole');
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto(`/reports/new?lat=${other.lat}&lon=${other.lon}&category=pothole`);
    await page.waitForSelector('.form-first:visible');
    await next(page);
    await next(page);
    await page.fill('#title', 'Nid-de-poule profond');
    await page.waitForSelector('.alike-card');
    await shoot(page, 'filing-alike', true);
    expect(await violations(page)).toEqual([]);
    const cards = await page.locator('.alike-card').count();
    if (cards > 1) {
      await page.locator('.alike-card').nth(1).locator('button.quiet').click();
      expect(await page.locator('.alike-card').count()).toBe(cards - 1);
    }
    await page.locator('.alike-card button:not(.quiet)').first().click();
    await page.waitForURL(/\/reports\/\d+/);
    const id = Number(/\/reports\/(\d+)/.exec(page.url())?.[1]);
    const answer = (await (await page.request.get(`/api/v1/reports/${id}`)).json()) as { support_count: number };
    expect(answer.support_count).toBe(1);
    await page.goto('/reports/new');
    await page.waitForSelector('.form-progress:visible');
    expect(await page.isVisible('.form-draft')).toBe(false);
    await context.close();
  });

  test('one word without an end tears nothing, and what was typed stays until the support has come', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    const at = { lat: centre.lat + 0.003, lon: centre.lon + 0.003 };
    const answer = await page.request.post('/api/v1/reports', { data: { category: 'pothole', title: 'trou'.repeat(50), location: { type: 'Point', coordinates: [at.lon, at.lat] } } });
    expect(answer.status()).toBe(201);
    await page.goto(`/reports/new?lat=${at.lat}&lon=${at.lon}&category=pothole`);
    await page.waitForSelector('.form-first:visible');
    await next(page);
    await next(page);
    await page.fill('#title', 'Encore ce trou');
    await page.waitForSelector('.alike-card');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(telephone.width);
    await context.setOffline(true);
    await page.locator('.alike-card button:not(.quiet)').first().click();
    await page.waitForSelector('.alike-card .error:visible');
    expect(await page.inputValue('#title')).toBe('Encore ce trou');
    await context.setOffline(false);
    await page.locator('.alike-card button:not(.quiet)').first().click();
    await page.waitForURL(/\/reports\/\d+/);
    await context.close();
  });

  test('by keyboard alone', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto('/reports/new');
    await drawn(page, '[data-island="place"]');
    await page.waitForSelector('.form-first:visible');
    const tabTo = async (selector: string) => {
      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
      }
      throw new Error(`no way by Tab to ${selector}`);
    };
    await tabTo('[role="application"]');
    await page.keyboard.press('Enter'); // at the crosshair
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#lat')?.value !== '');
    await tabTo('.form-next');
    await page.keyboard.press('Enter');
    await step(page, 'what');
    await tabTo('#kind-search');
    await page.keyboard.type('lampadaire');
    await page.waitForSelector('#kind-found button');
    await page.keyboard.press('Enter');
    await step(page, 'details');
    await tabTo('#title');
    await page.keyboard.type('Lampadaire au clavier');
    await page.keyboard.press('Enter');
    await step(page, 'send');
    await tabTo('.form-send');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/reports\/new\/thanks/);
    await context.close();
  });

  test('where the device is, asked when it is asked for', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await context.grantPermissions(['geolocation']);
    await context.setGeolocation({ latitude: streets[1].lat, longitude: streets[1].lon, accuracy: 120 });
    await page.goto('/reports/new');
    await page.click('.form-locate');
    await page.waitForFunction(() => /120 m/.test(document.querySelector('.form-located')?.textContent ?? ''));
    expect(await page.inputValue('#lat')).toBe(streets[1].lat.toFixed(7));
    await context.close();
  });

  test('what the server refuses comes back beside its field', async () => {
    const { page, context } = await openPage(browser, { size: telephone });
    await page.goto(`/reports/new?lat=${centre.lat}&lon=${centre.lon}&category=pothole`);
    await page.waitForSelector('.form-first:visible');
    await next(page);
    await next(page);
    await page.fill('#title', 'Adresse fausse');
    await next(page);
    await page.fill('#email', 'personne');
    await page.click('.form-send');
    await page.waitForSelector('.error-summary');
    expect(await page.isVisible('#email-error')).toBe(true);
    expect(await page.inputValue('#title')).toBe('Adresse fausse');
    expect(await violations(page)).toEqual([]);
    await page.fill('#email', '');
    await page.click('.form-send');
    await page.waitForURL(/\/reports\/new\/thanks/);
    await context.close();
  });
});

test('without script the check shows what others will see, what is alike and what is personal, and nothing is lost', async () => {
  const { page, context } = await openPage(browser, { size: telephone, script: false });
  const other = (await exported('?category=pothole&status=open')).at(-1);
  await page.goto(`/reports/new?lat=${other?.lat}&lon=${other?.lon}&category=pothole`);
  await page.fill('#title', 'Nid-de-poule profond');
  await page.fill('#description', 'Tél. 06 12 34 56 78');
  await page.setInputFiles('#photo', [taken()]);
  await page.click('.form-check');
  await page.waitForSelector('.form-preview:visible');
  expect(await page.textContent('.form-warning')).toContain('numéro de téléphone');
  expect(await page.locator('.alike-card').count()).toBeGreaterThan(0);
  expect(await page.locator('.preview-photos img').count()).toBe(1);
  await shoot(page, 'filing-check-plain', true);
  expect(await violations(page, false)).toEqual([]);
  expect(await page.inputValue('#title')).toBe('Nid-de-poule profond');
  await page.fill('#description', '');
  await ripe(page);
  await page.click('.form-send');
  await page.waitForURL(/\/reports\/new\/thanks/);
  await context.close();
});
