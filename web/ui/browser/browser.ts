// One Chromium for a file of journeys, and the questions that journeys ask of a page.
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Map } from 'maplibre-gl';
import { chromium, type Browser, type BrowserContext, type Page, type Route } from 'playwright-core';
import { inject } from 'vitest';

export const address = inject('address');
const shots = process.env.QUARTIER_SHOTS ?? join(tmpdir(), 'quartier-shots');
const flags = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-quic', '--no-first-run'];

export const desk = { width: 1440, height: 900 };
export const telephone = { width: 390, height: 844 };

/** `more` are further flags of the browser. */
export function launch(...more: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.QUARTIER_CHROMIUM || '/usr/bin/chromium', args: [...flags, ...more] });
}

/** How a reader looks at pages; all by default: French, on a desk, in light, with script. */
export interface Wish {
  locale?: string;
  script?: boolean;
  dark?: boolean;
  size?: { width: number; height: number };
  at?: string; // address of the site, if not that of the others
  network?: string; // the address from which a proxy says that the reader comes: limits count by it, and journeys share ours
  worker?: boolean; // with the service worker: what it fetches, journeys can neither hold nor see
}

/** A page of a reader. What goes outside is cut off; what goes wrong inside is kept in `faults`. */
export async function openPage(browser: Browser, wish: Wish = {}): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const size = wish.size ?? desk;
  const at = wish.at ?? address;
  const context = await browser.newContext({
    baseURL: at, ignoreHTTPSErrors: at.startsWith('https:'), locale: wish.locale ?? 'fr-FR', timezoneId: 'Europe/Paris', viewport: size, hasTouch: size.width < 500,
    extraHTTPHeaders: wish.network ? { 'X-Forwarded-For': wish.network } : {},
    serviceWorkers: wish.worker ? 'allow' : 'block', javaScriptEnabled: wish.script ?? true, colorScheme: wish.dark ? 'dark' : 'light', reducedMotion: 'reduce',
  });
  await context.route((url) => url.origin !== new URL(at).origin, (route) => route.abort());
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  return { page, context, faults };
}

type Root = HTMLElement & { map?: Map };

/** Waits until the map of `root` has drawn all it asked for. */
export async function drawn(page: Page, root = '#map'): Promise<void> {
  await page.waitForFunction((selector) => document.querySelector<Root>(selector)?.map?.loaded(), root);
  await page.evaluate((selector) => new Promise<void>((done) => {
    const map = document.querySelector<Root>(selector)?.map;
    void map?.once('idle', () => done());
    map?.triggerRepaint();
  }), root);
}

interface Cluster {
  count: number;
  lat: number;
  lon: number;
}

/** What the map has drawn: the sum of clusters and points inside the view, and the numbers of the points. */
export function picture(page: Page): Promise<{ total: number; clusters: Cluster[]; ids: number[]; zoom: number; bounds: [number, number, number, number] }> {
  return page.evaluate(() => {
    const map = document.querySelector<Root>('#map')?.map;
    if (!map) throw new Error('no map');
    const bounds = map.getBounds();
    const cells: Record<string, Cluster> = {};
    const ids = new Set<number>();
    for (const one of map.queryRenderedFeatures({ layers: ['quartier-clusters', 'quartier-singles', 'quartier-points'] })) {
      if (one.geometry.type !== 'Point') continue;
      const [lon = NaN, lat = NaN] = one.geometry.coordinates;
      if (!bounds.contains([lon, lat])) continue;
      if (one.layer.id === 'quartier-points') ids.add(Number(one.id));
      else if (one.layer.id === 'quartier-singles') ids.add(Number(one.properties.id));
      else cells[String(one.properties.h3)] = { count: Number(one.properties.count), lat, lon };
    }
    const clusters = Object.values(cells).sort((a, b) => b.count - a.count);
    return {
      total: clusters.reduce((sum, cluster) => sum + cluster.count, 0) + ids.size, clusters, ids: [...ids].sort((a, b) => a - b),
      zoom: map.getZoom(), bounds: bounds.toArray().flat() as [number, number, number, number],
    };
  });
}

/** Where a place lies on the page, in pixels. */
export function pixel(page: Page, lat: number, lon: number): Promise<{ x: number; y: number }> {
  return page.evaluate(([lat, lon]) => {
    const map = document.querySelector<Root>('#map')?.map;
    if (!map) throw new Error('no map');
    const at = map.project([lon, lat]);
    const box = map.getCanvas().getBoundingClientRect();
    return { x: box.x + at.x, y: box.y + at.y };
  }, [lat, lon] as const);
}

export interface Report {
  id: number;
  status: string;
  title: string;
  created_at: string;
  lat: number;
  lon: number;
}

/** All public reports with a filter, as the export of the site at `at` gives them: what the map is compared with. */
export async function exported(query = '', at = address): Promise<Report[]> {
  const answer = await fetch(`${at}/api/v1/reports.geojson${query}`);
  if (!answer.ok) throw new Error(`export: ${answer.status} ${await answer.text()}`);
  const { features } = (await answer.json()) as { features: { geometry: { coordinates: [number, number] }; properties: Omit<Report, 'lat' | 'lon'> }[] };
  return features.map(({ geometry, properties }) => ({ ...properties, lon: geometry.coordinates[0], lat: geometry.coordinates[1] }));
}

export function inside([west, south, east, north]: [number, number, number, number]): (report: Report) => boolean {
  return ({ lat, lon }) => lon >= west && lon <= east && lat >= south && lat <= north;
}

/** The numbers of the newest fifty of some reports, as the list has them. */
export function newest(reports: Report[]): number[] {
  return [...reports].sort((a, b) => (a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : b.id - a.id)).slice(0, 50).map((report) => report.id);
}

/** Waits until the list beside the map has these reports, in this order. */
export async function listed(page: Page, ids: number[]): Promise<void> {
  await page.waitForFunction((want) => {
    const list = document.querySelector('.sheet .map-rows');
    return list?.getAttribute('aria-busy') === null && [...list.children].map((row) => row.getAttribute('data-key')).join() === want;
  }, ids.map((id) => `i${id}`).join());
}

/** What axe finds against WCAG and its own good practice; nothing is the only right answer. */
export async function violations(page: Page, script = true): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe.source }); // past the page's policy, which forbids foreign scripts
  await session.detach();
  return page.evaluate(async (script) => {
    // Without script a page has no timers, which axe needs to go on.
    if (!script) Object.assign(window, { setTimeout: (run: () => void) => void Promise.resolve().then(run) });
    const { violations } = await (window as unknown as { axe: { run(root: Document): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`));
  }, script);
}

/** Waits until the form of a page has lain open for as long as a person takes at least: its stamp begins with when it was given. */
export async function ripe(page: Page): Promise<void> {
  const given = parseInt((await page.inputValue('input[name="stamp"]')).split('.')[0] ?? '', 36);
  while (Date.now() < given + 1100) await new Promise((next) => setTimeout(next, given + 1100 - Date.now()));
}

export async function shoot(page: Page, name: string, fullPage = false): Promise<void> {
  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage });
}

/** Holds answers back until they are let go; `arrived` waits for so many. */
export async function hold(page: Page, what: RegExp): Promise<{ arrived: (n: number) => Promise<void>; release: () => Promise<void> }> {
  const held: Route[] = [];
  let heard: () => void = () => undefined;
  await page.route(what, (route) => {
    held.push(route);
    heard();
  });
  return {
    arrived: async (n) => { while (held.length < n) await new Promise<void>((done) => { heard = done; }); },
    release: async () => {
      await page.unroute(what);
      await Promise.all(held.map((route) => route.continue().catch(() => undefined))); // the page may have given it up
      await page.evaluate(() => fetch('/readyz').then((answer) => answer.text())); // what was let go has been heard by now
    },
  };
}

/** Goes to a question of the form, as its progress shows them. */
export async function ask(page: Page, step: 'where' | 'what' | 'details' | 'send'): Promise<void> {
  await page.click(`.form-progress a[href="#step-${step}"]`);
  await page.waitForSelector(`#step-${step}:visible`);
}

/** Goes on to the end of the form and sends it; without script it all stands on one page. */
export async function send(page: Page, script = true): Promise<void> {
  if (script) await ask(page, 'send');
  await ripe(page);
  await page.click('.form-send');
}
