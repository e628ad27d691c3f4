// The map in a hand: sheet, menu, large letters, held sideways.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { drawn, launch, openPage, shoot, telephone } from './browser';
import { centre } from './town';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

const near = `/?z=15&lat=${centre.lat}&lon=${centre.lon}`;

describe('on a telephone', () => {
  test('the sheet has three heights, by its button, by the keys and by a finger', async () => {
    const { page, context, faults } = await openPage(browser, { size: telephone });
    await page.goto(near);
    await drawn(page);
    const height = () => page.getAttribute('.sheet', 'data-height');
    expect(await height()).toBe('peek');
    await page.click('.sheet-handle');
    expect(await height()).toBe('half');
    await page.press('.sheet-handle', 'ArrowUp');
    expect(await height()).toBe('full');
    await page.press('.sheet-handle', 'ArrowDown');
    await page.press('.sheet-handle', 'ArrowDown');
    expect(await height()).toBe('peek');

    const grip = await page.locator('.sheet-handle').boundingBox();
    if (!grip) throw new Error('no handle');
    await page.mouse.move(grip.x + grip.width / 2, grip.y + 8);
    await page.mouse.down();
    await page.mouse.move(grip.x + grip.width / 2, grip.y - 150, { steps: 4 });
    await page.mouse.move(grip.x + grip.width / 2, 400, { steps: 4 });
    await page.mouse.up();
    expect(await height()).not.toBe('peek');
    await shoot(page, 'sheet-telephone');
    const reached = await height();
    await page.press('.sheet-handle', 'Enter');
    expect(await height()).not.toBe(reached);

    await page.press('.sheet-handle', 'ArrowUp');
    await page.locator('.sheet .map-rows > li').first().click();
    await page.waitForSelector('.map-card .button');
    expect(await height()).toBe('full');
    await shoot(page, 'card-telephone');
    await page.goBack();
    await page.waitForSelector('.map-card', { state: 'hidden' });
    expect(await height()).toBe('half');
    expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('the menu of a telephone takes the focus and gives it back', async () => {
  const { page, context } = await openPage(browser, { size: telephone });
  await page.goto(near);
  await drawn(page);
  await page.click('.map-menu');
  expect(await page.evaluate(() => document.activeElement?.matches('.site-nav a'))).toBe(true);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => document.activeElement?.className)).toContain('map-menu');
  await page.click('.map-menu');
  await page.mouse.click(200, 400);
  expect(await page.isVisible('header.site')).toBe(false);
  await context.close();
});

test('letters twice as large cut nothing off on a telephone', async () => {
  const { page, context } = await openPage(browser, { size: telephone });
  await page.goto(near);
  await drawn(page);
  await page.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
  const box = async (what: string) => (await page.locator(what).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.waitForFunction(() => {
    const file = document.querySelector('.map-file')?.getBoundingClientRect();
    return file !== undefined && file.bottom <= innerHeight && file.right <= innerWidth;
  });
  expect((await box('#q')).width).toBeGreaterThan(150);
  const [choice, buttons] = [await box('.map-choice'), await box('.map-buttons')];
  expect(choice.y).toBeGreaterThanOrEqual(buttons.y + buttons.height);
  await context.close();
});

test('on a telephone held sideways the legend leaves the buttons free', async () => {
  const { page, context } = await openPage(browser, { size: { width: 600, height: 360 } });
  await page.goto(near);
  await drawn(page);
  for (const width of [600, 500]) {
    await page.setViewportSize({ width, height: 360 });
    await page.locator('.map-button').nth(2).click({ trial: true });
  }
  await context.close();
});
