// The ground beneath the map: our server's styles by the reader's eyes, and styles from outside that fail. The page is told of each by
// its own configuration, changed on the way to the browser.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { Map } from 'maplibre-gl';
import { address, drawn, exported, inside, launch, openPage, picture, shoot } from './browser';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

async function tellBasemap(page: Page, basemap: unknown): Promise<void> {
  await page.route(`${address}/`, async (route) => {
    const answer = await route.fetch();
    const quoted = (text: string) => text.replace(/"/g, '&#34;');
    const body = (await answer.text()).replace(quoted('"basemap":{"background":true}'), quoted(`"basemap":${JSON.stringify(basemap)}`));
    await route.fulfill({ response: answer, body });
  });
}

const styleOf = (colour: string, sources = {}) => ({ version: 8, sources, layers: [{ id: 'land', type: 'background', paint: { 'background-color': colour } }] });

/** Waits for a ground beneath our layers, by its colour. */
const landIs = (page: Page, colour: string) => page.waitForFunction(
  (colour) => {
    const map = document.querySelector<HTMLElement & { map?: Map }>('#map')?.map;
    return map?.getLayer('land') !== undefined && map.getPaintProperty('land', 'background-color') === colour;
  }, colour);
/** Waits for our own background, and nothing else beneath. */
const bare = (page: Page) => page.waitForFunction(() => {
  const map = document.querySelector<HTMLElement & { map?: Map }>('#map')?.map;
  return map?.getLayer('quartier-ground') !== undefined && map.getLayer('land') === undefined;
});

describe('our own ground', () => {
  test('is the one for the reader’s eyes, changes with their wish, and never takes the reports away', async () => {
    const { page, context, faults } = await openPage(browser);
    await tellBasemap(page, { styles: { light: '/styles/light.json', dark: '/styles/dark.json', contrast: '/styles/contrast.json', contrastDark: '/styles/contrast-dark.json' } });
    const colours: Record<string, string> = { light: '#eeeeee', dark: '#222222', contrast: '#ffffff', 'contrast-dark': '#000000' };
    for (const [name, colour] of Object.entries(colours)) await page.route(`${address}/styles/${name}.json`, (route) => route.fulfill({ json: styleOf(colour) }));
    await page.goto('/');
    const total = async () => {
      await drawn(page);
      const seen = await picture(page);
      expect(seen.total).toBe((await exported()).filter(inside(seen.bounds)).length);
      expect(seen.total).toBeGreaterThan(0);
    };
    await landIs(page, '#eeeeee');
    await total();
    await page.emulateMedia({ colorScheme: 'dark' });
    await landIs(page, '#222222');
    await total();
    await page.emulateMedia({ colorScheme: 'dark', contrast: 'more' });
    await landIs(page, '#000000');
    await page.emulateMedia({ colorScheme: 'light', contrast: 'more' });
    await landIs(page, '#ffffff');
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a ground from outside', () => {
  test('whose tiles never come gives way to our own background, with the zones as land', async () => {
    const { page, context } = await openPage(browser);
    await tellBasemap(page, { style: `${address}/outside.json` });
    await page.route(`${address}/outside.json`, (route) => route.fulfill({ json: styleOf('#123456', { streets: { type: 'vector', tiles: [`${address}/outside/{z}/{x}/{y}`] } }) }));
    await page.route(`${address}/outside/**`, (route) => route.abort());
    await page.goto('/');
    await landIs(page, '#123456');
    await bare(page);
    await drawn(page);
    const seen = await picture(page);
    expect(seen.total).toBe((await exported()).filter(inside(seen.bounds)).length);
    await shoot(page, 'ground-unreachable');
    await context.close();
  });

  test.each([
    ['cannot be reached', (page: Page) => page.route(`${address}/outside.json`, (route) => route.abort())],
    ['is no style', (page: Page) => page.route(`${address}/outside.json`, (route) => route.fulfill({ json: { tilejson: '3.0.0' } }))],
  ])('that %s leaves a finished map: zones, reports, and somebody named', async (_, fail) => {
    const { page, context } = await openPage(browser);
    await tellBasemap(page, { style: `${address}/outside.json` });
    await fail(page);
    const asked = page.waitForRequest(`${address}/outside.json`);
    await page.goto('/');
    await asked;
    await drawn(page);
    await bare(page);
    expect((await picture(page)).total).toBeGreaterThan(0);
    expect(await page.textContent('.maplibregl-ctrl-attrib')).toContain('Quartier');
    await context.close();
  });
});
