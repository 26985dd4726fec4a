import { join } from 'node:path';
import { configuredTemporal, type TemporalAddress } from '../client/temporal-config.js';
import { CHUNK_ITEMS } from '../plan/chunk.js';
import { taskQueueIn } from '../plan/environment.js';
import { FailureType, PawlError } from '../plan/failure.js';
import { environmentName } from './environment-name.js';
import { wholeNumber } from './limits/whole-number.js';

/** Where a process finds Temporal, Postgres and the artifacts. */
export interface Environment {
  /** `dev`, `staging`, `prod` or another; what is kept for one is refused to the others. */
  readonly name: string;
  readonly temporal: TemporalAddress;
  readonly databaseUrl: string;
  /** Folder of the content-addressed artifacts. */
  readonly artifacts: string;
  /** Folder for files that need not outlive an attempt. */
  readonly scratch: string;
  /** Task queue of runs; a step's own queue gets its name appended. */
  readonly taskQueue: string;
  /** Address of the Temporal UI; null when not known. */
  readonly uiUrl: string | null;
}

export type { TemporalAddress } from '../client/temporal-config.js';

/**
 * The environment of a deployment: its name from `PAWL_ENV`, Temporal from its own configuration
 * ({@link configuredTemporal}), Postgres from `DATABASE_URL`, artifacts from `PAWL_ARTIFACTS`, the queue from
 * `PAWL_TASK_QUEUE`, the UI from `PAWL_TEMPORAL_UI`.
 * @returns null when `DATABASE_URL` is not set: then there is no deployment, and the embedded stack serves.
 * @throws PawlError `StoreUnavailable` when it is set and `PAWL_ARTIFACTS` is not; `InvalidInput` when Temporal's own
 * configuration cannot be read.
 */
export function environmentFromVariables(state: string): Environment | null {
  const { DATABASE_URL, PAWL_ARTIFACTS, PAWL_TASK_QUEUE, PAWL_TEMPORAL_UI } = process.env;
  if (!DATABASE_URL) return null;
  if (!PAWL_ARTIFACTS) {
    throw new PawlError(FailureType.StoreUnavailable, 'DATABASE_URL is set and PAWL_ARTIFACTS is not', {
      hint: 'Set PAWL_ARTIFACTS to the folder that all workers share for artifacts.',
    });
  }
  const name = environmentName();
  return {
    name,
    temporal: configuredTemporal(),
    databaseUrl: DATABASE_URL,
    artifacts: PAWL_ARTIFACTS,
    scratch: join(state, 'scratch'),
    taskQueue: PAWL_TASK_QUEUE || taskQueueIn(name),
    uiUrl: PAWL_TEMPORAL_UI ?? null,
  };
}

/**
 * How many connections to Postgres a process may have at a time: `PAWL_DB_CONNECTIONS`.
 * @returns undefined where it is not set.
 * @throws PawlError `InvalidInput` when it is no number.
 */
export function connectionsFromVariables(): number | undefined {
  const { PAWL_DB_CONNECTIONS } = process.env;
  return PAWL_DB_CONNECTIONS ? wholeNumber('PAWL_DB_CONNECTIONS', PAWL_DB_CONNECTIONS) : undefined;
}

/**
 * Whether this process takes over earlier outputs and offers its own: unless `PAWL_REUSE` is `off`.
 * @throws PawlError `InvalidInput` for another value, which its author must have meant for something.
 */
export function reuseFromVariables(): boolean {
  const { PAWL_REUSE = '' } = process.env;
  if (PAWL_REUSE === 'off') return false;
  if (PAWL_REUSE === '' || PAWL_REUSE === 'on') return true;
  throw new PawlError(FailureType.InvalidInput, `PAWL_REUSE is "${PAWL_REUSE}"`, { hint: 'Set it to on or off.' });
}

/**
 * Over how many items a map runs them in workflows of their own: `PAWL_CHUNK_ITEMS`, else 200.
 * @throws PawlError `InvalidInput` for what is no whole number from 1 to 1000.
 */
export function chunkItemsFromVariables(): number {
  const { PAWL_CHUNK_ITEMS: text = '' } = process.env;
  if (text === '') return CHUNK_ITEMS;
  const items = Number(text);
  if (Number.isInteger(items) && items >= 1 && items <= 1000) return items;
  throw new PawlError(FailureType.InvalidInput, `PAWL_CHUNK_ITEMS is "${text}"`, {
    hint: 'Set it to a whole number from 1 to 1000, or leave it out.',
  });
}
