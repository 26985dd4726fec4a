import type { Lookup } from './lookup.js';
import { findPostgres, type PostgresInstallation, provisionPostgres } from './postgres.js';
import { findTemporal, provisionTemporal, type TemporalInstallation } from './temporal.js';
import { findTensorFlow, provisionTensorFlow, type TensorFlowReport } from './tensorflow.js';

export { cacheDir } from './cache-dir.js';
export type { Lookup, Missing } from './lookup.js';
export { findPostgres, type PostgresInstallation } from './postgres.js';
export { findTemporal, TEMPORAL_VERSION, type TemporalInstallation } from './temporal.js';
export {
  findTemporalServer,
  provisionTemporalServer,
  TEMPORAL_SERVER_VERSION,
  type TemporalServerInstallation,
} from './temporal-server.js';
export { findTensorFlow, type TensorFlowReport } from './tensorflow.js';
export { isReachableByOthers, openToOthers, type UserIds, unprivilegedUser } from './unprivileged-user.js';

/** The parts of the machine that Pawl sets up. */
export const PARTS = ['temporal', 'postgres', 'tensorflow'] as const;
export type Part = (typeof PARTS)[number];

export interface ProvisionOptions {
  /** Takes the progress lines. Default: they are dropped. */
  readonly log?: (line: string) => void;
  /** Set up only these; the others are looked for. Default: all. */
  readonly only?: readonly Part[];
  /** Try native TensorFlow again although it failed before. Default: `false`. */
  readonly retry?: boolean;
}

/** Which parts the machine has after the set-up. */
export interface ProvisionReport {
  readonly temporal: Lookup<TemporalInstallation>;
  readonly postgres: Lookup<PostgresInstallation>;
  readonly tensorflow: TensorFlowReport;
}

/**
 * Makes the machine ready: the Temporal command line, Postgres and TensorFlow, each found or made once per user.
 * What is there already is not touched. A part that cannot be had does not throw: the report gives the reason and remedy.
 *
 * @example
 * const { temporal } = await provision({ log: console.error });
 */
export async function provision(options: ProvisionOptions = {}): Promise<ProvisionReport> {
  const { log = () => {}, only, retry } = options;
  const wants = (part: Part) => only === undefined || only.includes(part);
  return {
    postgres: await (wants('postgres') ? provisionPostgres(log) : findPostgres()),
    temporal: await (wants('temporal') ? provisionTemporal(log) : findTemporal()),
    tensorflow: await (wants('tensorflow') ? provisionTensorFlow({ log, retry }) : findTensorFlow()),
  };
}
