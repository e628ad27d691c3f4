// Signing in, as people do it: by a link, a password, a passkey, with a second factor; and the account with what it ends and shows. Passkeys are made by
// Chromium's virtual authenticator, which wants a name in the place of the address in numbers.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { address, launch, openPage, shoot, telephone, violations, type Wish } from './browser';
import { mailedLink, reachable, sql } from './outbox';

const named = address.replace('127.0.0.1', 'localhost');
const password = 'trombone velours 7 parapluies';

let browser: Browser;
beforeAll(async () => { browser = await launch(); });
afterAll(() => browser.close());

let readers = 0;

/** A browser that speaks to the server by its name, each in a network of its own: one alone may not ask for so many links. */
async function open(wish: Wish = {}): Promise<{ page: Page; context: BrowserContext }> {
  const { page, context } = await openPage(browser, { network: `203.0.113.${++readers}`, ...wish });
  await context.unrouteAll(); // it would cut off the server's name as a stranger's
  return { page, context };
}

/** Signs in by a link. */
async function byLink(page: Page, email: string, next = ''): Promise<void> {
  await page.goto(`${named}/sign-in${next}`);
  await page.fill('#email', email);
  await page.press('#email', 'Enter');
  await page.waitForURL('**/sign-in/sent');
  await page.goto(named + (await mailedLink(email)));
  await page.click('main button');
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** The code of a key at a time (RFC 6238). */
function code(key: string, at: number): string {
  let bits = '';
  for (const letter of key) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const secret = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(at / 30_000)));
  const sum = createHmac('sha1', secret).update(step).digest();
  const number = sum.readUInt32BE((sum[19] ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

describe.runIf(reachable).each([['with script', {}], ['without script', { script: false }]] as [string, Wish][])('%s', (name, wish) => {
  const email = `${name.replace(' ', '.')}@example.org`;

  test('by a link, to the page that was wanted', async () => {
    const { page, context } = await open(wish);
    await page.goto(`${named}/me`);
    expect(page.url()).toBe(`${named}/sign-in?next=%2Fme`);
    await byLink(page, email, '?next=%2Fme');
    expect(new URL(page.url()).pathname).toBe('/me');
    expect(await page.textContent('.site-account-name')).toBe(email);
    await page.goto(named + (await mailedLink(email)));
    expect(await page.textContent('h1')).not.toBe('Se connecter'); // it was used
    await context.close();
  });

  test('a password: chosen, refused when wrong, good when right', async () => {
    const { page, context } = await open(wish);
    await byLink(page, email);
    await page.goto(`${named}/me/security`);
    await page.fill('#new-password', 'azerty2026');
    await page.press('#new-password', 'Enter');
    await page.waitForSelector('#new-password-error');
    await page.fill('#new-password', password);
    await page.press('#new-password', 'Enter');
    await page.waitForURL('**done=password*');
    await page.click('.site-account summary');
    await page.click('.site-account button');
    await page.waitForURL('**/sign-out');

    await page.goto(`${named}/sign-in?next=%2Fzones`);
    await page.click('summary:has-text("mot de passe")');
    await page.fill('#password-email', email);
    await page.fill('#password', `${password}.`);
    await page.press('#password', 'Enter');
    await page.waitForSelector('.error-summary');
    expect(await page.inputValue('#password-email')).toBe(email);
    expect(await page.inputValue('#password')).toBe('');
    await page.fill('#password', password);
    await page.press('#password', 'Enter');
    await page.waitForURL('**/zones');
    await context.close();
  });

  test('a session elsewhere is ended', async () => {
    const one = await open(wish);
    const other = await open(wish);
    await byLink(one.page, email);
    await byLink(other.page, email);
    await one.page.goto(`${named}/me/security`);
    await one.page.click('#sessions button:has-text("Déconnecter tous les autres")');
    await one.page.waitForURL('**done=sessions*');
    expect(await one.page.locator('#sessions .mine-list li').count()).toBe(1);
    await other.page.goto(`${named}/me`);
    expect(new URL(other.page.url()).pathname).toBe('/sign-in');
    await one.context.close();
    await other.context.close();
  });
});

describe.runIf(reachable)('more', () => {
  test('a passkey is made, and signs in with the keyboard alone', async () => {
    const { page, context } = await open();
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    });
    await byLink(page, 'passkey@example.org');
    await page.goto(`${named}/me/security`);
    await page.fill('#passkey-name', 'ordinateur');
    await page.press('#passkey-name', 'Enter');
    await page.waitForURL('**done=passkeys*');
    expect(await page.textContent('#passkeys .mine-list strong')).toBe('ordinateur');
    expect((await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials[0]?.rpId).toBe('localhost');

    await context.clearCookies();
    await page.goto(`${named}/sign-in?next=%2Fme%2Fsecurity`);
    await page.waitForSelector('[data-passkeys]:not([hidden])');
    await page.focus('[data-passkey] button');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/me/security');
    expect(await page.textContent('#sessions .mine-list')).toContain('par clé d’accès');

    // An authenticator that unlocks for nobody: the page says so, and the other ways stay.
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto(`${named}/sign-in`);
    await page.click('[data-passkey] button');
    await page.waitForFunction(() => (document.querySelector('[data-said]')?.textContent ?? '') !== '');
    expect(await page.isEnabled('[data-passkey] button')).toBe(true);
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

  test('a second factor is set up, and asked', async () => {
    const email = 'second@example.org';
    const { page, context } = await open();
    await byLink(page, email);
    await page.goto(`${named}/me/security`);
    await page.click('#second button');
    await page.waitForSelector('.mine-qr');
    expect(await violations(page)).toEqual([]);
    const key = (await page.textContent('.mine-secret')) ?? '';
    await shoot(page, 'second-factor', true);
    await page.fill('#second-code', code(key, Date.now()));
    await page.press('#second-code', 'Enter');
    await page.waitForSelector('.mine-codes');
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'recovery');
    const paper = (await page.textContent('.mine-codes li')) ?? '';

    await context.clearCookies();
    await page.goto(`${named}/sign-in`);
    await page.fill('#email', email);
    await page.press('#email', 'Enter');
    await page.waitForURL('**/sign-in/sent');
    await page.goto(named + (await mailedLink(email)));
    await page.click('main button');
    await page.waitForURL('**/sign-in/code');
    expect(await violations(page)).toEqual([]);
    await shoot(page, 'code');
    await page.fill('#code', '000000');
    await page.press('#code', 'Enter');
    await page.waitForSelector('#code-error');
    await page.fill('#code', paper);
    await page.press('#code', 'Enter');
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto(`${named}/me/security`);
    expect(await page.textContent('#second')).toContain('9 codes de secours');
    await context.close();
  });

  test('an API key is shown once', async () => {
    const { page, context } = await open({ script: false });
    await byLink(page, 'robot@example.org');
    await page.goto(`${named}/me/security`);
    await page.click('.mine-new summary');
    await page.fill('#token-name', 'robot');
    await page.press('#token-name', 'Enter');
    const key = (await page.textContent('.mine-secret')) ?? '';
    expect(key).toMatch(/^quartier_/);
    const answer = await context.request.get(`${named}/api/v1/me`, { headers: { Authorization: `Bearer ${key}` } });
    expect(await answer.json()).toMatchObject({ roles: ['resident'], scopes: ['read'] });
    await page.click('main a.button');
    expect(await page.content()).not.toContain(key);
    await context.close();
  });

  const looks: [string, Wish][] = [
    ['desk-light', {}], ['desk-dark', { dark: true }], ['telephone-light', { size: telephone }], ['telephone-dark', { size: telephone, dark: true }],
    ['english', { locale: 'en-GB' }], ['plain', { size: telephone, script: false }],
  ];
  test.each(looks)('axe, %s', async (reader, wish) => {
    const email = `${reader}@association-des-habitants-du-quartier.example.org`;
    const { page, context } = await open(wish);
    const look = async (name: string, path: string) => {
      await page.goto(named + path);
      expect(await violations(page, wish.script), name).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${name} is not wider than the screen`).toBeLessThanOrEqual(0);
      await shoot(page, `${name}-${reader}`, true);
    };
    await look('sign-in', '/sign-in');
    await look('sent', '/sign-in/sent');
    await page.goto(`${named}/sign-in`);
    await page.fill('#email', email);
    await page.press('#email', 'Enter');
    await page.waitForURL('**/sign-in/sent');
    await look('link', await mailedLink(email));
    await page.click('main button');
    await page.waitForURL((url) => url.pathname === '/');
    await look('me', '/me');
    await look('security', '/me/security');
    await page.click('.site-account summary');
    expect(await violations(page, wish.script)).toEqual([]);
    await shoot(page, `account-menu-${reader}`);
    await sql(`update session set proved_at = proved_at - interval '1 day' where person_id = (select id from person where email = '${email}')`);
    await look('again', '/sign-in?next=%2Fme%2Fsecurity');
    await look('signed-out', '/sign-out');
    await context.close();
  });
});
