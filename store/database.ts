import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { FailureType, PawlError } from '../plan/failure.js';
import { translateDatabaseError } from './database-error.js';
import { parsers } from './parsers.js';
import type { Tables } from './tables.js';

const CONNECT_TIMEOUT_MS = 10_000;

export interface DatabaseOptions {
  /** A `postgres://` URL. */
  readonly url: string;
  /** Most connections at a time. Default: 10. */
  readonly maxConnections?: number;
  /** How long a connection is waited for. Default: 10,000. In milliseconds. */
  readonly connectTimeoutMs?: number;
  /** The Postgres schema that holds all tables of Pawl. Default: `pawl`. */
  readonly schema?: string;
}

/** A statement that is on the path of every step: each connection prepares it once. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
}

/**
 * A pool of connections. Everything it runs throws PawlError `StoreUnavailable` when the database cannot do its work
 * (not reachable, out of disk); lost connections are replaced by themselves at the next use.
 */
export interface Database {
  readonly schema: string;
  /** Server and database, without the password. */
  readonly place: string;
  /** Typed queries, in the schema. */
  readonly kysely: Kysely<Tables>;
  /** Runs a prepared statement in one round trip and returns its rows. */
  run<Row>(statement: PreparedStatement, values: readonly unknown[]): Promise<Row[]>;
  /** A connection outside of the pool, for `LISTEN`. The caller ends it. */
  connect(): Promise<pg.Client>;
  /** Waits for the queries under way and closes all connections. May be called twice. */
  close(): Promise<void>;
}

/**
 * Opens a database. No connection is made before the first query.
 *
 * @throws PawlError `StoreUnavailable` for a URL that is none, or a schema name that Postgres would not take as it is.
 */
export function openDatabase({
  url,
  maxConnections = 10,
  connectTimeoutMs = CONNECT_TIMEOUT_MS,
  schema = 'pawl',
}: DatabaseOptions): Database {
  const place = placeOf(url);
  checkSchemaName(schema);
  const settings = { ...clientSettings(url), connectionTimeoutMillis: connectTimeoutMs };
  const pool = new pg.Pool({ ...settings, max: maxConnections });
  survive(pool);
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (isBusy(error, pool, maxConnections)) throw busy(place, maxConnections, connectTimeoutMs, error);
      throw translateDatabaseError(error, place);
    });
  const dialect = new PostgresDialect({ pool: guardedPool(pool, guard) });
  let closed: Promise<void> | undefined;
  return {
    schema,
    place,
    kysely: new Kysely<Tables>({ dialect }).withSchema(schema),
    run: async (statement, values) => (await guard(pool.query({ ...statement, values: [...values] }))).rows,
    connect: () => guard(connectClient(settings)),
    close: () => {
      closed ??= pool.end();
      return closed;
    },
  };
}

/** Nobody gave a connection back in time. The client says the same of a server that does not answer. */
const isBusy = (error: unknown, { totalCount }: pg.Pool, most: number): boolean =>
  totalCount >= most && error instanceof Error && error.message === 'timeout exceeded when trying to connect';

function busy(place: string, most: number, waitedMs: number, cause: unknown): PawlError {
  const all = most === 1 ? 'the one connection' : `all ${most} connections`;
  const message = `${all} of this process to Postgres at ${place} ${most === 1 ? 'was' : 'were'} busy for ${waitedMs / 1000} s`;
  return new PawlError(FailureType.StoreUnavailable, message, {
    hint: 'It is tried again by itself. If it comes often: more connections (PAWL_DB_CONNECTIONS), or fewer steps at a time (pawl worker --queues default=50).',
    cause,
  });
}

function clientSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'pawl',
    keepAlive: true,
    types: parsers,
  };
}

async function connectClient(settings: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(settings);
  client.on('error', ignore);
  await client.connect();
  return client;
}

/** A connection that is lost while idle, or between two queries, must not end the process: the next query reports it. */
function survive(pool: pg.Pool): void {
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
}

function ignore(): void {}

type Guard = <T>(work: Promise<T>) => Promise<T>;

function guardedPool(pool: pg.Pool, guard: Guard): PostgresPool {
  return {
    connect: async () => guardedClient(await guard(pool.connect()), guard),
    end: () => pool.end(),
  };
}

function guardedClient(client: pg.PoolClient, guard: Guard): PostgresPoolClient {
  const query = (sql: unknown, parameters?: readonly unknown[]) =>
    guard(client.query(sql as string, [...(parameters ?? [])]));
  // Kysely's interface has a second form, for cursors, which is only called when a cursor class is configured.
  return { query: query as unknown as PostgresPoolClient['query'], release: () => client.release() };
}

function placeOf(url: string): string {
  try {
    const { host, pathname, searchParams } = new URL(url);
    return `${host || (searchParams.get('host') ?? 'localhost')}${pathname}`;
  } catch (cause) {
    throw new PawlError(FailureType.StoreUnavailable, 'the database address is not a URL', {
      hint: 'Set DATABASE_URL to the form postgres://user:password@host:5432/database.',
      retryable: false,
      cause,
    });
  }
}

function checkSchemaName(schema: string): void {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema) && !schema.startsWith('pg_')) return;
  throw new PawlError(FailureType.StoreUnavailable, `"${schema}" cannot name the Postgres schema`, {
    hint: 'Use lower-case letters, digits and underscores, beginning with a letter; not pg_….',
    retryable: false,
  });
}
