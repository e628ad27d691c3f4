// Without a network: the form opens, what is filed waits and is filed exactly once, the visited map stays readable.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { address, desk, drawn, launch, openPage, picture, shoot, telephone, violations } from './browser';
import { signedIn, sql } from './database';
import { Proxy } from './proxy';
import { centre } from './town';

let browser: Browser;
let photo: Buffer;
const proxy = new Proxy(address);
beforeAll(async () => {
  await proxy.open();
  browser = await launch();
  const { page, context } = await openPage(browser);
  await page.goto('/stats');
  photo = await page.screenshot({ type: 'jpeg' });
  await context.close();
});
afterAll(async () => {
  await browser.close();
  await proxy.close();
});
beforeEach(async () => {
  await proxy.close();
  await proxy.open();
  proxy.seen.length = 0;
  proxy.refuse = proxy.late = undefined;
});

/** A browser that has been here, so that the worker has all that it wants. */
async function visitor(size = telephone): Promise<Awaited<ReturnType<typeof openPage>>> {
  const opened = await openPage(browser, { at: proxy.address, size, worker: true });
  await opened.page.goto('/reports/new');
  await shelved(opened.page);
  return opened;
}

/** Waits until something that takes its time is so. */
async function until(page: Page, so: () => Promise<boolean>): Promise<void> {
  while (!(await page.evaluate(so))) await page.waitForTimeout(50);
}

/** Waits until the worker answers for the page and has its pages on the shelf. */
const shelved = (page: Page) => until(page, async () => navigator.serviceWorker.controller !== null && (await caches.match('/offline', { ignoreVary: true })) !== undefined);

const names = (page: Page) => page.evaluate(() => caches.keys());
const entries = (page: Page) => page.evaluate(async () => {
  const visited = (await caches.keys()).find((name) => name.includes(' visited '));
  return visited === undefined ? 0 : (await (await caches.open(visited)).keys()).length;
});

/** Goes through the form to its last button. */
async function fill(page: Page, title: string): Promise<void> {
  await page.waitForSelector('.form-first:visible');
  await page.click('.form-degrees summary');
  await page.fill('#lat', String(centre.lat));
  await page.fill('#lon', String(centre.lon));
  await page.click('.form-next');
  await page.fill('#kind-search', 'nid de');
  await page.click('#kind-found button:has-text("Nid-de-poule")');
  await page.fill('#title', title);
  await page.setInputFiles('#photo', [{ name: 'un.jpg', mimeType: 'image/jpeg', buffer: photo }, { name: 'deux.jpg', mimeType: 'image/jpeg', buffer: photo }]);
  await page.waitForFunction(() => document.querySelectorAll('.form-photos img').length === 2);
  await page.click('.form-next');
  await page.waitForSelector('#step-send:visible');
}

const outbox = (page: Page, text: RegExp) => page.waitForFunction((text) => new RegExp(text).test(document.querySelector('.outbox')?.textContent ?? ''), text.source);

/** How often a report of this title is filed, and how many photos it has. */
const filed = (title: string) => sql(`select count(distinct r.id), count(m.id) from report r left join media m on m.kind = 'report' and m.item_id = r.id where r.title = '${title}'`);
const sent = (name: string) => proxy.seen.filter((one) => one === name).length;

/** Files a report while there is no network. */
async function fileAway(page: Page, context: BrowserContext, title: string): Promise<void> {
  await context.setOffline(true);
  await page.goto('/reports/new?category=pothole');
  await fill(page, title);
  await page.click('.form-send');
  await outbox(page, /^1 signalement attend/);
  expect(filed(title)).toBe('0\t0');
}

describe('without a network', () => {
  test('the form opens; a report with two photos waits, is seen to wait, and sends itself, once', async () => {
    const { page, context, faults } = await visitor();
    await fileAway(page, context, 'Filed without a network');
    await shoot(page, 'offline-form');
    expect(await violations(page)).toEqual([]);
    await page.goto('/stats');
    expect(await page.textContent('h1')).toBe('Pas de réseau');
    await page.waitForFunction(() => document.querySelector('[data-outbox] li')?.textContent?.includes('Filed without a network'));
    await shoot(page, 'offline-page');
    expect(await violations(page)).toEqual([]);
    await context.setOffline(false);
    faults.length = 0; // without a network the map's script and the browser complain; with one nobody does
    await outbox(page, /porte le nº \d+/);
    expect(filed('Filed without a network')).toBe('1\t2');
    expect(sent('POST /api/v1/media')).toBe(2);
    await shoot(page, 'offline-sent');
    await page.click('.outbox a');
    await page.waitForURL(/\/reports\/new\/thanks\?id=\d+/);
    await page.goto('/stats');
    await page.waitForSelector('h1');
    expect(await page.locator('.outbox p:visible').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('it is filed once when the answer of the first try is lost, and two tabs are open', async () => {
    const { page, context } = await visitor();
    const other = await context.newPage();
    await other.goto('/reports');
    await fileAway(page, context, 'Filed though nobody heard');
    await outbox(other, /^1 signalement attend/);
    proxy.lose = /^POST \/api\/v1\/reports$/;
    await context.setOffline(false);
    while (proxy.lose !== undefined) await page.waitForTimeout(20);
    await page.click('.outbox button', { timeout: 2_000 }).catch(() => undefined); // the other tab, or the browser itself, may have been quicker
    await outbox(page, /porte le nº \d+/);
    await outbox(other, /porte le nº \d+/);
    expect(filed('Filed though nobody heard')).toBe('1\t2');
    expect(sent('POST /api/v1/media')).toBe(2);
    expect(sent('POST /api/v1/reports')).toBeGreaterThan(1);
    await context.close();
  });

  test('whoever reloads while it is sent does not find it as a draft, and files it once', async () => {
    const { page, context } = await visitor();
    await page.goto(`/reports/new?category=pothole`);
    await fill(page, 'Filed while it was reloaded');
    let letGo: () => void = () => undefined;
    proxy.late = { name: /^POST \/api\/v1\/reports$/, until: new Promise((done) => { letGo = done; }) };
    await page.click('.form-send');
    while (sent('POST /api/v1/reports') === 0) await page.waitForTimeout(20);
    await page.reload();
    proxy.late = undefined;
    letGo();
    await outbox(page, /porte le nº \d+/);
    await page.waitForSelector('.form-progress:visible');
    expect([await page.inputValue('#title'), await page.isVisible('.form-draft')]).toEqual(['', false]);
    expect(filed('Filed while it was reloaded')).toBe('1\t2');
    await context.close();
  });

  test('the thanks for what waited leave the next draft alone', async () => {
    const { page, context } = await visitor();
    await fileAway(page, context, 'Filed before another draft');
    await page.goto('/reports/new?category=pothole');
    await fill(page, 'A draft meanwhile');
    await page.waitForFunction(() => localStorage.getItem('quartier-draft')?.includes('A draft meanwhile'));
    await context.setOffline(false);
    await outbox(page, /porte le nº \d+/);
    await page.click('.outbox a');
    await page.waitForURL(/\/reports\/new\/thanks\?id=\d+/);
    await page.waitForLoadState('networkidle');
    await page.goto('/reports/new');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#title')?.value === 'A draft meanwhile');
    await page.waitForFunction(() => document.querySelectorAll('.form-photos img').length === 2);
    await context.close();
  });

  test('signing out leaves nothing for the next one at the device, and asks before it drops what waits', async () => {
    const { page, context } = await visitor();
    await signedIn(context, 'analyst');
    await page.goto('/stats'); // a page says under which account the next ones write
    await fileAway(page, context, 'Filed by who signs out');
    // The server is asked for a page and for the end of the session, and refuses the report.
    proxy.refuse = /^POST \/api\/v1\/(reports|media)$/;
    await context.setOffline(false);
    await page.goto('/reports/new?category=pothole');
    await page.waitForSelector('.form-first:visible');
    await fill(page, 'Draft of who signs out');
    await outbox(page, /^1 signalement attend/);
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void (asked.length === 1 ? dialog.dismiss() : dialog.accept());
    });
    const out = async () => {
      if (!(await page.isVisible('.site-account form button'))) await page.click('.site-account summary');
      await page.click('.site-account form button');
    };
    await out();
    while (asked.length === 0) await page.waitForTimeout(20);
    expect(await page.inputValue('#title')).toBe('Draft of who signs out');
    await out();
    await page.waitForURL(/\/sign-out$/);
    expect(asked[1]).toMatch(/^1 signalement attend encore/);
    proxy.refuse = undefined;
    await page.goto('/reports/new');
    await page.waitForSelector('.form-first:visible');
    expect([await page.inputValue('#title'), await page.isVisible('.form-draft'), await page.locator('.form-photos img').count(), await page.locator('.outbox p:visible').count()]).toEqual(['', false, 0, 0]);
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('quartier-draft')))).toEqual([]);
    expect(filed('Filed by who signs out')).toBe('0\t0');
    await context.close();
  });

  test('what waits when a session ends is sent by its writer, and by nobody else; anybody may delete it', async () => {
    const { page, context } = await visitor();
    await signedIn(context, 'analyst');
    await page.goto('/stats');
    const writer = (await context.cookies()).find(({ name }) => name === 'quartier_session')!;
    await fileAway(page, context, 'Filed under a session that ends');
    await context.clearCookies({ name: 'quartier_session' });
    await context.setOffline(false);
    // The page is older than the end of the session: the server says so, and files nothing.
    await outbox(page, /attend que la personne qui l’a écrit se reconnecte/);
    // Somebody else signs in, and is shown nothing of it.
    await signedIn(context, 'analyst');
    const before = sent('POST /api/v1/media');
    await page.goto('/reports/new');
    await outbox(page, /attend que la personne qui l’a écrit se reconnecte/);
    expect(await page.locator('.outbox').textContent()).not.toContain('Filed under');
    expect(await page.locator('.outbox button:has-text("Envoyer"):visible').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'offline-elsewhere');
    expect([filed('Filed under a session that ends'), sent('POST /api/v1/media')]).toEqual(['0\t0', before]);
    // The next one's own report goes.
    await fileAway(page, context, 'Filed by the next one');
    await context.setOffline(false);
    await outbox(page, /porte le nº \d+/);
    expect([filed('Filed by the next one'), filed('Filed under a session that ends')]).toEqual(['1\t2', '0\t0']);
    // Its writer is back.
    await context.addCookies([writer]);
    while (filed('Filed under a session that ends') === '0\t0') {
      await page.goto('/stats');
      await page.waitForTimeout(500); // the worker may be trying still, and in vain
    }
    expect(sql(`select count(distinct c.person_id) from report r join report_contact c on c.report_id = r.id where r.title in ('Filed by the next one', 'Filed under a session that ends')`)).toBe('2');
    // Another that waits for its writer is deleted by somebody else.
    await fileAway(page, context, 'Filed and deleted');
    await context.clearCookies({ name: 'quartier_session' });
    await context.setOffline(false);
    await outbox(page, /attend que la personne qui l’a écrit se reconnecte/);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.click('.outbox p:has-text("se reconnecte") button');
    await page.waitForFunction(() => !document.querySelector('.outbox')?.textContent?.includes('se reconnecte'));
    await page.goto('/stats');
    expect(filed('Filed and deleted')).toBe('0\t0');
    await context.close();
  });

  test('a server that is gone is no network either; the page tells so, and a press sends when it is back', async () => {
    const { page, context } = await visitor();
    await fileAway(page, context, 'Filed while the server was gone');
    await proxy.close();
    await context.setOffline(false);
    await page.click('.outbox button');
    await outbox(page, /Toujours pas de réseau/);
    await page.goto('/reports/new'); // comes from the shelf
    await page.waitForSelector('.form-first:visible');
    await proxy.open();
    await page.click('.outbox button', { timeout: 2_000 }).catch(() => undefined);
    await outbox(page, /porte le nº \d+/);
    expect(filed('Filed while the server was gone')).toBe('1\t2');
    await context.close();
  });

  test('what the server refuses is kept, says why, and goes when nobody wants it', async () => {
    const { page, context } = await visitor();
    await fileAway(page, context, 'Refused');
    sql(`update category set active = false where slug = 'pothole'`);
    try {
      await context.setOffline(false);
      await outbox(page, /n’a pas pu être enregistré/);
      page.on('dialog', (dialog) => void dialog.accept());
      expect(await page.getAttribute('.outbox a', 'href')).toMatch(/^\/reports\/new\?outbox=[0-9a-f-]{36}$/);
      await shoot(page, 'offline-refused');
      await page.click('.outbox p:visible button');
      await page.waitForFunction(() => ![...document.querySelectorAll<HTMLElement>('.outbox p')].some((line) => !line.hidden));
    } finally {
      sql(`update category set active = true where slug = 'pothole'`);
    }
    await context.close();
  });

  test('the visited map stays readable, and signing out forgets where somebody looked', async () => {
    const { page, context } = await visitor(desk);
    const at = `/?z=12&lat=${centre.lat}&lon=${centre.lon}`;
    await page.goto(at);
    await drawn(page);
    const seen = await picture(page);
    expect(seen.total).toBeGreaterThan(0);
    await until(page, async () => (await caches.keys()).some((name) => name.includes(' visited ')));
    await context.setOffline(true);
    await page.goto(at);
    await drawn(page);
    expect((await picture(page)).total).toBe(seen.total);
    await shoot(page, 'offline-map');
    await context.setOffline(false);
    await signedIn(context, 'analyst');
    await page.goto('/stats');
    expect(await entries(page)).toBeGreaterThan(0);
    await page.click('.site-account summary');
    await page.click('.site-account form button');
    await page.waitForURL(/\/sign-out$/);
    await until(page, async () => !(await caches.keys()).some((name) => name.includes(' visited ')));
    await context.close();
  });

  test('a new worker takes the place of the old one, and drops what that kept', async () => {
    const { page, context } = await visitor();
    const before = await names(page);
    const version = before[0]?.split(' ').at(-1) ?? '';
    proxy.other.set('/worker.js', (script) => script.replaceAll(version, 'next'));
    await page.evaluate(async () => {
      const taken = new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
      await (await navigator.serviceWorker.ready).update();
      await taken; // a page that is asked for in that very moment may hang in the browser
    });
    const replaced = async () => (await names(page)).every((name) => name.endsWith(' next'));
    do await page.goto('/stats'); while (!(await replaced())); // each page has its worker tidy up
    await shelved(page);
    expect((await names(page)).length).toBeGreaterThan(0);
    proxy.other.clear();
    await context.close();
  });

  test('it can be installed: the manifest has its icons, and the browser has nothing against it', async () => {
    const { page, context } = await visitor();
    const session = await context.newCDPSession(page);
    const manifest = await session.send('Page.getAppManifest');
    expect(manifest.errors).toEqual([]);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
    await context.close();
  });
});
