// Photos with a report, with script and without.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { ask, desk, launch, openPage, ripe, send, shoot, telephone, violations } from './browser';
import { centre } from './town';

let browser: Browser;
let photo: Buffer;
beforeAll(async () => {
  browser = await launch();
  const { page, context } = await openPage(browser);
  await page.goto('/stats'); // what is seen there is as good a photo as any
  photo = await page.screenshot({ type: 'jpeg' });
  await context.close();
});
afterAll(() => browser.close());

const good = (name: string) => ({ name, mimeType: 'image/jpeg', buffer: photo });
const bad = { name: 'plan.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<svg onload="alert(1)">') };

async function fill(page: Page, script: boolean): Promise<void> {
  await page.goto(`/reports/new?lat=${centre.lat}&lon=${centre.lon}&category=pothole`);
  if (script) await ask(page, 'details');
  await page.fill('#title', 'Trou avec photos');
  await page.fill('#description', 'Devant l’école.');
}

/** So many photos have been sent and are the form's. */
async function kept(page: Page, script: boolean, n: number): Promise<void> {
  await page.waitForFunction(([script, n]) => document.querySelectorAll(script ? '.photo-list input[name="photos"]' : 'input[name="photos"]:checked').length === n, [script, n] as const);
}

/** The photos that a page shows have come and are pictures. */
async function shown(page: Page, selector: string): Promise<number> {
  await page.waitForFunction((where) => [...document.querySelectorAll<HTMLImageElement>(where)].every((image) => image.complete), selector);
  return page.locator(selector).evaluateAll((images) => images.filter((image) => (image as HTMLImageElement).naturalWidth > 0).length);
}

describe('photos', () => {
  for (const script of [false, true]) {
    test(`one that is refused is named, the others and what was typed stay, and all are filed, ${script ? 'with' : 'without'} script`, async () => {
      const { page, context, faults } = await openPage(browser, { script, size: script ? desk : telephone, dark: script });
      await fill(page, script);
      await page.setInputFiles('#photo', [good('un.jpg'), bad, good('deux.jpg')]);
      if (!script) { // with script it is told while one writes
        await send(page, script);
        await page.waitForSelector('.error-summary');
      }
      await page.waitForSelector('#photo-error:not(:empty)');
      await kept(page, script, 2);
      expect(await page.locator('#photo-error').textContent()).toMatch(/^plan\.jpg\s: ce n’est pas une photo/);
      expect(await page.inputValue('#title')).toBe('Trou avec photos');
      expect(await page.inputValue('#description')).toBe('Devant l’école.');
      expect(await shown(page, script ? '.photo-list img' : '.photo-kept img')).toBe(2);
      await page.locator('#step-details').scrollIntoViewIfNeeded();
      await shoot(page, `photo-form-${script ? 'desk-dark' : 'telephone'}`);
      expect(await violations(page, script)).toEqual([]);

      await page.setInputFiles('#photo', [good('trois.jpg')]);
      if (script) {
        await kept(page, script, 3);
        await send(page);
      } else {
        await page.click('.place-moves [value="north"]'); // a step of the map takes the photo along
        await page.waitForFunction(() => document.querySelectorAll('input[name="photos"]').length === 3);
        await page.locator('input[name="photos"]').first().uncheck();
        await ripe(page);
        await page.click('.form-send');
      }
      await page.waitForURL(/\/reports\/new\/thanks/);
      await page.click('main a.button');
      await page.waitForSelector('.photos');
      await page.locator('.photos').scrollIntoViewIfNeeded();
      expect(await shown(page, '.photos img')).toBe(script ? 3 : 2);
      await shoot(page, `photo-report-${script ? 'desk-dark' : 'telephone'}`);
      expect(await violations(page, script)).toEqual([]);
      const full = await page.request.get(await page.locator('.photos a').first().getAttribute('href') ?? '');
      expect(full.headers()['content-security-policy']).toBe("default-src 'none'; sandbox");
      expect(full.headers()['content-type']).toBe('image/jpeg');
      expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]); // which the browser notes of every refused form
      await context.close();
    });
  }
});
