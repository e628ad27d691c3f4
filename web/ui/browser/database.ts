// What no page shows to a journey: the text of mails, and sessions of people who have a role. It asks the server's private database by its socket.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { inject } from 'vitest';
import { address } from './browser';

function socket(): string {
  const data = inject('data');
  const folder = readdirSync(data, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('postmaster.pid'));
  const path = folder === undefined ? undefined : readFileSync(join(data, folder), 'utf8').split('\n')[4];
  if (!path) throw new Error('the private database does not run');
  return path;
}

/** What a query answers: rows by lines, columns by tabs. */
export function sql(query: string): string {
  const url = `postgres:///quartier?host=${encodeURIComponent(socket())}&port=5432&user=quartier&sslmode=disable`;
  return execFileSync('psql', ['-XAtq', '-F', '\t', '-c', query, url], { encoding: 'utf8' }).trimEnd();
}

/** Signs a browser in as somebody new with a role. */
export async function signedIn(context: BrowserContext, role: string): Promise<void> {
  const secret = randomBytes(32).toString('base64url');
  const digest = createHash('sha256').update(secret).digest('hex');
  sql(`with one as (insert into person (email, name, email_verified_at) values ('${randomBytes(6).toString('hex')}@example.org', 'Personne', now()) returning id),
    granted as (insert into role_grant (person_id, role) select id, '${role}' from one)
    insert into session (token_sha256, person_id, method, second_factor, expires_at) select decode('${digest}', 'hex'), id, 'passkey', true, now() + interval '1 day' from one`);
  await context.addCookies([{ name: 'quartier_session', value: secret, url: address, httpOnly: true, sameSite: 'Lax' }]);
}

/** The text of the latest mail to an address. */
export function mailTo(email: string): string {
  return sql(`select body from mail where recipient = '${email}' order by id desc limit 1`);
}
