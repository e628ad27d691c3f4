// Takes the pictures of the README from the demo town: telephone and desk, light and dark. They are committed beside this folder.
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { desk, drawn, launch, openPage, telephone } from './browser';

const folder = resolve(import.meta.dirname, '../screenshots');
const pictures = [
  { name: 'map-desk-light', path: '/', map: true },
  { name: 'map-desk-dark', path: '/?layer=hexagons&z=13.7&lat=47.597&lon=-7.2', map: true, dark: true },
  { name: 'map-telephone-light', path: '/', map: true, size: telephone },
  { name: 'map-telephone-dark', path: '/?status=open&z=15&lat=47.592&lon=-7.195', map: true, size: telephone, dark: true },
  { name: 'stats-desk-light', path: '/stats' },
  { name: 'form-telephone-light', path: '/reports/new', size: telephone },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
  await mkdir(folder, { recursive: true });
});
afterAll(() => browser.close());

test.each(pictures)('$name', async ({ name, path, map = false, dark = false, size = desk }) => {
  const { page, context } = await openPage(browser, { size, dark });
  await page.goto(path);
  if (map) await drawn(page);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(folder, `${name}.jpg`), type: 'jpeg', quality: 82 });
  await context.close();
});
