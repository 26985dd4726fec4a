import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findPostgres, provisionPostgres } from '../../../worker/provision/postgres.js';
import { isReachableByOthers, unprivilegedUser } from '../../../worker/provision/unprivileged-user.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-postgres-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** The folder of `mkdtemp` has mode 700, so as root the copy goes to the shared place, as it does under a private home. */
async function provisioned() {
  const found = await provisionPostgres(() => {});
  if (!found.found) throw new Error(found.reason);
  return found;
}

async function run(program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, { ...unprivilegedUser(), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program}: ${output}`);
}

test('the copy makes a cluster, starts, answers a query and stops', { timeout: 60_000 }, async () => {
  vi.stubEnv('PAWL_CACHE', join(folder, 'cache'));
  const { binDir } = await provisioned();
  const user = unprivilegedUser();
  if (user) await chown(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  await run(join(binDir, 'initdb'), ['-D', data, '-U', 'pawl', '-A', 'trust', '-N']);
  const port = await getPort({ host: '127.0.0.1' });
  const server = spawn(join(binDir, 'postgres'), ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder], {
    ...user,
    stdio: 'ignore',
  });
  try {
    expect(await selectOne(port)).toEqual([{ one: 1 }]);
  } finally {
    server.kill('SIGINT');
    await once(server, 'exit');
  }
  expect(server.exitCode).toBe(0);
});

async function selectOne(port: number): Promise<unknown[]> {
  const connection = { host: '127.0.0.1', port, user: 'pawl', database: 'postgres' };
  const deadline = Date.now() + 20_000;
  for (;;) {
    const client = new pg.Client(connection);
    try {
      await client.connect();
      return (await client.query('select 1 as one')).rows;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } finally {
      await client.end().catch(() => {});
    }
  }
}

test('two set-ups of one cache at the same time both end with a Postgres', { timeout: 60_000 }, async () => {
  await chmod(folder, 0o755);
  vi.stubEnv('PAWL_CACHE', join(folder, 'cache'));
  const [first, second] = await Promise.all([provisioned(), provisioned()]);
  expect(first).toEqual(second);
  expect(await findPostgres()).toEqual(first);
  expect(first.binDir.startsWith(folder)).toBe(true);
  expect(await readdir(join(folder, 'cache'))).toHaveLength(1);
});

test('a folder that others may not enter hides all that is below it', async () => {
  expect(await isReachableByOthers(tmpdir())).toBe(true);
  expect(await isReachableByOthers(join(folder, 'cache', 'not-yet'))).toBe(false);
});

test('as root Postgres runs as somebody else', () => {
  const user = unprivilegedUser();
  if (process.getuid?.() === 0) expect(user?.uid).toBeGreaterThan(0);
  else expect(user).toBeUndefined();
});
