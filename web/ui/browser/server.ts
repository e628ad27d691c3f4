// Gives the journeys a server: the one that QUARTIER_TEST_URL names, or one of our own with the town of town.ts in a folder that is
// thrown away. Ours is stopped by its process id.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { addressFile, reportFile, zoneFile, zoneSet } from './town';

const run = promisify(execFile);
const binary = resolve(import.meta.dirname, '../../../bin/quartier');
const patience = 120_000; // ms until the server must be ready: it may have to make its database first

declare module 'vitest' {
  export interface ProvidedContext {
    address: string;
    /** The data folder of the server; empty: it is not ours to look into. */
    data: string;
  }
}

type Teardown = () => Promise<void>;

export default async function setup(project: TestProject): Promise<Teardown | undefined> {
  const given = process.env.QUARTIER_TEST_URL;
  if (given) {
    project.provide('address', given.replace(/\/$/, ''));
    project.provide('data', '');
    return undefined;
  }
  return begin(project, ['--trusted-proxies', '127.0.0.1'], importTown); // journeys say from which network they come (Wish.network)
}

/** Starts a server for all journeys. */
export async function begin(project: TestProject, flags: string[], fill?: Fill): Promise<Teardown> {
  const { address, data, stop } = await serve(flags, fill);
  project.provide('address', address);
  project.provide('data', data);
  return stop;
}

type Fill = (folder: string, data: string) => Promise<void>;

/** Starts a server with some flags on a folder that is thrown away; `fill` puts things into it. */
export async function serve(flags: string[], fill?: Fill): Promise<{ address: string; data: string; stop: Teardown }> {
  const folder = await mkdtemp(join(tmpdir(), 'quartier-browser-'));
  const data = join(folder, 'data');
  const server = spawn(binary, ['serve', '--listen', '127.0.0.1:0', '--data', data, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = async () => {
    await end(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await addressOf(server);
    await ready(address);
    await fill?.(folder, data);
    return { address, data, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Fills it with the town of town.ts. */
export async function importTown(folder: string, data: string): Promise<void> {
  const files = { zones: ['zones.geojson', zoneFile()], reports: ['reports.csv', reportFile()], addresses: ['addresses.csv', addressFile()] } as const;
  for (const [name, content] of Object.values(files)) await writeFile(join(folder, name), content);
  await run(binary, ['import', 'zones', '--data', data, '--set', zoneSet, join(folder, 'zones.geojson')]);
  await run(binary, ['import', 'reports', '--data', data, '--mapping', 'quartier', join(folder, 'reports.csv')]);
  await run(binary, ['import', 'addresses', '--data', data, '--mapping', 'ban', join(folder, 'addresses.csv')]);
}

// The server says where it listens when it does; what else it says is shown if it ends before.
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((found, lost) => {
    let said = '';
    const late = setTimeout(() => lost(new Error(`the server did not say its address:\n${said}`)), patience);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address === undefined) return;
      clearTimeout(late);
      found(address);
    };
    server.stdout?.on('data', hear);
    server.stderr?.on('data', hear);
    server.on('error', lost);
    server.on('exit', (code) => lost(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

async function ready(address: string): Promise<void> {
  for (const start = Date.now(); Date.now() - start < patience; ) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error('the server did not become ready');
}

/** Ends a program of ours. */
export function end(server: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (server.exitCode !== null || server.signalCode !== null) return done();
    server.on('exit', () => done());
    server.kill('SIGTERM');
  });
}
