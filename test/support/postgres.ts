import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import pg from 'pg';
import { provisionPostgres } from '../../worker/provision/postgres.js';
import { unprivilegedUser } from '../../worker/provision/unprivileged-user.js';

const START_TIMEOUT_MS = 20_000;

/** A private Postgres server, on a free loopback port and in a folder of its own. */
export interface TestPostgres {
  readonly url: string;
  /** Ends the server and keeps its data. `crash` kills it at once. */
  pause(how?: 'fast' | 'crash'): Promise<void>;
  /** Starts it again, on the same port. */
  resume(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Wait for the disk, as a real server does. Default: false. */
  readonly fsync?: boolean;
}

export async function startTestPostgres({ fsync = false }: TestPostgresOptions = {}): Promise<TestPostgres> {
  const binDir = await installedPrograms();
  const folder = await makeFolder();
  const data = join(folder, 'data');
  await runToEnd(join(binDir, 'initdb'), ['-D', data, '-U', 'pawl', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N']);
  const port = await getPort({ host: '127.0.0.1' });
  const url = `postgres://pawl@127.0.0.1:${port}/postgres`;
  const args = ['-D', data, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder, '-c', `fsync=${fsync}`];
  const start = () => startServer(join(binDir, 'postgres'), args, url);
  let server = await start();
  return {
    url,
    pause: (how = 'fast') => endServer(server, how),
    resume: async () => {
      server = await start();
    },
    stop: async () => {
      await endServer(server, 'fast');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function installedPrograms(): Promise<string> {
  const found = await provisionPostgres(() => {});
  if (!found.found) throw new Error(`${found.reason}; ${found.remedy}`);
  return found.binDir;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawl-test-postgres-'));
  const user = unprivilegedUser();
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}

async function runToEnd(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { ...unprivilegedUser(), stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} failed: ${output}`);
}

async function startServer(program: string, args: readonly string[], url: string): Promise<ChildProcess> {
  const server = spawn(program, args, { ...unprivilegedUser(), stdio: 'ignore' });
  const end = () => server.kill('SIGINT');
  process.once('exit', end);
  server.once('exit', () => process.off('exit', end));
  await untilReady(url, server);
  return server;
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(url))) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error('the test server did not start');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function endServer(server: ChildProcess, how: 'fast' | 'crash'): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  // SIGQUIT is Postgres' immediate shutdown: no checkpoint, as after a crash, but no orphans either.
  server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
  await ended;
}
