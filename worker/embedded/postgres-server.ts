import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { findPostgres } from '../provision/postgres.js';
import { HOST, type Ports } from './ports.js';
import { openCluster, POSTGRES_USER, type PostgresCluster } from './postgres-cluster.js';
import { commandLine, identify } from './process-identity.js';
import { serverEnvironment } from './server-environment.js';
import { stackError } from './stack-error.js';
import type { StateFolder } from './state-folder.js';
import type { ServerSpec } from './supervised-server.js';

const DATABASE = 'pawl';
/** After a crash it first goes through what was not yet in the data files. */
const READY_WITHIN_MS = 120_000;
const CONNECT_MS = 2000;

const NO_SUCH_DATABASE = '3D000';
const WRONG_PASSWORD = '28P01';

const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '', // Their paths may have 107 bytes only, and nobody needs them.
  shared_buffers: '64MB',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

export interface PostgresServer {
  readonly spec: ServerSpec;
  /** With the password in it. */
  readonly databaseUrl: string;
}

/**
 * Describes the Postgres of a project; the first time, its data is made.
 * @throws PawlError when the programs are missing, or the data cannot be made.
 */
export async function describePostgres(
  state: StateFolder,
  ports: Ports<'postgres'>,
  log: (line: string) => void,
): Promise<PostgresServer> {
  const found = await findPostgres();
  if (!found.found) throw stackError(`the embedded Postgres is missing: ${found.reason}`, `${found.remedy}.`);
  const cluster = await openCluster(state, found.binDir, log);
  const urlOf = (database: string) =>
    `postgres://${POSTGRES_USER}:${cluster.password}@${HOST}:${ports.postgres}/${database}`;
  const spec: ServerSpec = {
    name: 'Postgres',
    logFile: join(state.logs, 'postgres.log'),
    readyWithinMs: READY_WITHIN_MS,
    command: {
      program: join(found.binDir, 'postgres'),
      args: postgresArguments(cluster, ports.postgres),
      cwd: '/', // The unprivileged user may not be allowed into the current folder.
      env: serverEnvironment(),
      user: cluster.user,
      stopSteps: [
        ['INT', 50], // Fast shutdown: open transactions are rolled back, everything is written.
        ['QUIT', 20], // Immediate shutdown: the next start recovers from the log.
        ['KILL', 20],
      ],
    },
    beforeStart: () => removeForeignPid(cluster.data),
    isReady: () => isReady(urlOf),
  };
  return { spec, databaseUrl: urlOf(DATABASE) };
}

function postgresArguments({ data }: PostgresCluster, port: number): string[] {
  const settings = Object.entries({ ...SETTINGS, port: `${port}` });
  return ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function isReady(urlOf: (database: string) => string): Promise<boolean> {
  try {
    await query(urlOf(DATABASE), 'select 1');
    return true;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === WRONG_PASSWORD) {
      throw stackError(
        `Postgres refuses its password: ${message}`,
        'Put `postgres.password` of the state folder back.',
      );
    }
    if (code === NO_SUCH_DATABASE) await query(urlOf('postgres'), `create database ${DATABASE}`);
    return false;
  }
}

async function query(connectionString: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => {}); // It fails the query as well.
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * A killed Postgres leaves its process id in `postmaster.pid`. It sees by itself that no such process lives; but after a
 * restart of the machine, or in a new container, the id may be that of another program, and Postgres would never start.
 */
async function removeForeignPid(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!(pid > 0) || !(await identify(pid))) return;
  const program = await commandLine(pid);
  if (program && !program.includes('postgres')) await rm(file, { force: true });
}
