// The site below a base path, behind nginx with the example that we give, under TLS: everything that a page fetches and leads to stands below the path.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { ask, drawn, exported, launch, listed, newest, openPage, picture, ripe, send, shoot, telephone } from './browser';
import { end, importTown, serve } from './server';
import { centre } from './town';

const run = promisify(execFile);
const site = 'https://quartier.example';
const at = `${site}/quartier/`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

const listens = (port: number) => new Promise<boolean>((tell) => {
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); tell(true); });
  socket.on('error', () => tell(false));
});

/** Runs nginx with our example, adapted to this machine. */
async function nginx(folder: string, upstream: string, port: number): Promise<ChildProcess> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=quartier.example', '-keyout', key, '-out', certificate]);
  let example = await readFile(resolve(import.meta.dirname, '../../../cmd/quartier/deploy/nginx.conf'), 'utf8');
  for (const [said, here] of [
    ['server 127.0.0.1:8080;', `server ${upstream.replace('http://', '')};`], ['    listen 80;', `    listen 127.0.0.1:${await freePort()};`], ['    listen [::]:80;', ''],
    ['    listen 443 ssl http2;', `    listen 127.0.0.1:${port} ssl http2;`], ['    listen [::]:443 ssl http2;', ''], ['    location / {', '    location /quartier/ {'],
    ['/etc/letsencrypt/live/quartier.example/fullchain.pem', certificate], ['/etc/letsencrypt/live/quartier.example/privkey.pem', key], ['/var/log/nginx/', `${folder}/`],
  ] as const) {
    expect(example).toContain(said);
    example = example.replaceAll(said, here);
  }
  await writeFile(join(folder, 'site.conf'), example);
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
  await writeFile(join(folder, 'main.conf'), `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${folder}/pid; events {}
    http { include /etc/nginx/mime.types; ${scratch} include ${folder}/site.conf; }`);
  const server = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', join(folder, 'main.conf')], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  for (const start = Date.now(); !(await listens(port)); await new Promise((next) => setTimeout(next, 50))) {
    if (server.exitCode !== null || Date.now() - start > 30_000) throw new Error('nginx does not run');
  }
  return server;
}

let browser: Browser;
let direct: string; // the server's own address
let stop: () => Promise<void>;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quartier-below-'));
  const own = await serve(['--base-path', '/quartier', '--public-url', at, '--trusted-proxies', '127.0.0.1'], importTown);
  direct = own.address;
  const port = await freePort();
  const proxy = await nginx(folder, own.address, port);
  browser = await launch(`--host-resolver-rules=MAP quartier.example:443 127.0.0.1:${port}`);
  stop = async () => {
    await browser.close();
    await end(proxy);
    await own.stop();
    await rm(folder, { recursive: true, force: true });
  };
});
afterAll(() => stop());

/** Opens a page that notes what it asks for outside the base path. */
async function open(wish: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage(browser, { ...wish, at });
  const outside: string[] = [];
  opened.page.on('request', (request) => {
    if (request.url().startsWith('http') && !request.url().startsWith(at)) outside.push(request.url());
  });
  return { ...opened, outside };
}

describe('below a base path, behind nginx', () => {
  test('the map draws, opens a report, and leads to the list and back', async () => {
    const { page, context, faults, outside } = await open();
    await page.goto(at);
    await drawn(page);
    const all = await exported('', `${direct}/quartier`);
    expect((await picture(page)).total).toBe(all.length);
    await listed(page, newest(all));
    await shoot(page, 'below-map');
    await page.locator('.sheet .map-rows > li').first().click();
    await page.waitForSelector('.map-card a.button');
    expect(new URL(page.url()).pathname).toBe('/quartier/');
    await page.locator('.map-card a.button').first().click();
    await page.waitForURL(/\/quartier\/reports\/\d+$/);
    await page.waitForSelector('.report h1');
    await page.click('.site-nav a[href="/quartier/reports"]');
    await page.waitForURL(`${at}reports`);
    expect(await page.locator('.report-row').count()).toBe(Math.min(50, all.length));
    await page.click('.site-language');
    await page.waitForURL(`${at}reports`);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(outside).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a report is filed on the map, and somebody else sees it come', async () => {
    const [resident, neighbour] = [await open(), await open({ size: telephone })];
    await neighbour.page.goto(`${at}?z=17&lat=${centre.lat}&lon=${centre.lon}`);
    await drawn(neighbour.page);
    const { page } = resident;
    await page.goto(`${at}reports/new?lat=${centre.lat}&lon=${centre.lon}`);
    await drawn(page, '[data-island="place"]');
    await page.locator('#address').pressSequentially('12 rue des essais');
    await page.waitForSelector('#place-suggestions [role="option"]');
    await page.locator('#address').fill('devant la mairie');
    await ask(page, 'what');
    await page.check('input[name="category"][value="roads"]');
    await page.check('input[name="category"][value="pothole"]');
    await ask(page, 'details');
    await page.fill('#title', 'Trou derrière nginx');
    await send(page);
    await page.waitForURL(/\/quartier\/reports\/new\/thanks\?/);
    await neighbour.page.waitForFunction(() => document.querySelector('.sheet .map-rows > li:first-child strong')?.textContent === 'Trou derrière nginx');
    for (const cookie of await resident.context.cookies()) expect(cookie).toMatchObject({ name: expect.stringMatching(/^__Host-quartier_\w+\.quartier$/) as string, secure: true, httpOnly: true });
    expect([...resident.outside, ...neighbour.outside]).toEqual([]);
    expect([...resident.faults, ...neighbour.faults]).toEqual([]);
    await resident.context.close();
    await neighbour.context.close();
  });

  test('without script the map moves, a press comes closer, and the form is sent', async () => {
    const { page, context, outside } = await open({ script: false });
    await page.goto(`${at}?z=14&lat=${centre.lat}&lon=${centre.lon}`);
    await page.click('.plain-moves .east');
    await page.waitForURL(/\/quartier\/\?.*z=14/);
    await page.locator('.plain-sheet input[type="image"]').click({ position: { x: 300, y: 300 } });
    await page.waitForURL(/\/quartier\/\?.*z=15/);
    await page.goto(`${at}reports/new`);
    await page.locator('.place-tiles input[type="image"]').nth(4).click({ position: { x: 100, y: 100 } });
    await page.waitForURL(/\/quartier\/reports#step-where$/);
    await page.check('input[name="category"][value="roads"]');
    await page.fill('#title', 'Sans script');
    await ripe(page);
    await page.click('.form-send');
    await page.waitForURL(/\/quartier\/reports\/new\/thanks\?/);
    expect(outside).toEqual([]);
    await context.close();
  });
});
