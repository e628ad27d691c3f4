// Looks into the database of the server of these journeys: without a mail server, mails wait there.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const run = promisify(execFile);
const data = inject('data');

/** Whether the server's database is ours to look into. */
export const reachable = data !== '';

async function psql(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  return versions.map((version) => join('/usr/lib/postgresql', version, 'bin/psql')).find((path) => existsSync(path)) ?? 'psql';
}

/** What one SQL question answers, as text. */
export async function sql(question: string): Promise<string> {
  const socket = (await readFile(join(data, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[4] ?? '';
  const { stdout } = await run(await psql(), ['-h', socket, '-p', '5432', '-U', 'quartier', '-d', 'quartier', '-XtAc', question]);
  return stdout.trim();
}

/** The path of the link that was last mailed to an address. */
export async function mailedLink(to: string): Promise<string> {
  const text = await sql(`select body from mail where recipient = '${to}' and secret order by id desc limit 1`);
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no mail to ${to}`);
  const address = new URL(link);
  return address.pathname + address.search;
}
