import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import { FailureType, PawlError } from '../../plan/failure.js';

export interface DuckDbOptions {
  /** Folder for what does not fit into memory. It must exist. */
  readonly scratch: string;
  /** Most memory, in MiB. Default: a quarter of the machine's, between 512 MiB and 2 GiB. */
  readonly memory?: number;
  /** Default: the processors there are, at most 4. The results do not depend on it. */
  readonly threads?: number;
  /** Stops the query under way. */
  readonly signal?: AbortSignal;
}

/** A value of a query's result. BIGINT comes as `bigint`: cast counts to DOUBLE. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** An in-memory DuckDB that is open. Its time zone is UTC. */
export interface DuckDb {
  /** Runs a statement; `values` stand for its `$1`, `$2` … */
  run(sql: string, values?: readonly DuckDBValue[]): Promise<void>;
  /** The rows of a query. */
  rows(sql: string, values?: readonly DuckDBValue[]): Promise<readonly SqlRow[]>;
  /** The rows of a query, chunk by chunk. */
  stream(sql: string): Promise<DuckDBResult>;
}

/**
 * Opens an in-memory DuckDB, calls `use` with it and closes it.
 *
 * @throws PawlError `StoreUnavailable` when the disk is full; the signal's reason when aborted; else DuckDB's own error.
 */
export async function withDuckDb<T>(options: DuckDbOptions, use: (db: DuckDb) => Promise<T>): Promise<T> {
  options.signal?.throwIfAborted();
  // Loaded here, since authors import the steps only to draw a graph.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', settings(options));
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  options.signal?.addEventListener('abort', interrupt);
  try {
    await connection.run(`SET TimeZone = 'UTC'`);
    return await use(sessionOf(connection, options.signal));
  } finally {
    options.signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
  }
}

function settings(options: DuckDbOptions): Record<string, string> {
  const quarter = Math.floor(totalmem() / 4 / 2 ** 20);
  return {
    memory_limit: `${options.memory ?? Math.min(2048, Math.max(512, quarter))}MiB`,
    threads: String(options.threads ?? Math.min(4, availableParallelism())),
    temp_directory: join(options.scratch, 'duckdb'),
    // Rows keep the order of their file, so that the same input gives the same bytes.
    preserve_insertion_order: 'true',
    // Nothing may be fetched while a pipeline runs.
    autoinstall_known_extensions: 'false',
  };
}

function sessionOf(connection: DuckDBConnection, signal: AbortSignal | undefined): DuckDb {
  return {
    run: async (sql, values) => {
      await guarded(() => connection.run(sql, values && [...values]), signal);
    },
    rows: (sql, values) =>
      guarded(async () => (await connection.run(sql, values && [...values])).getRowObjectsJS(), signal),
    stream: (sql) => guarded(() => connection.stream(sql), signal),
  };
}

async function guarded<T>(query: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await query();
  } catch (error) {
    signal?.throwIfAborted();
    throw isFullDisk(error) ? fullDisk(error) : error;
  }
}

function isFullDisk(error: unknown): boolean {
  return /no space left|ENOSPC|disk quota exceeded|max_temp_directory_size/i.test(messageOf(error));
}

function fullDisk(cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, `the disk is full: ${firstLine(cause)}`, {
    hint: 'Free some space; the step is tried again.',
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The first line of an error's message: DuckDB adds suggestions and a copy of the query below it. */
export function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0]!.trim();
}
