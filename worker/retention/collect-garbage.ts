import type { Client } from '@temporalio/client';
import type { Digest } from '../../plan/canonical.js';
import type { Collection, RetentionOptions, Store } from '../../store/index.js';
import { retentionOf } from '../runs/retention.js';
import { findOpenRuns } from './open-runs.js';

/** Where runs, journal and artifacts are. */
export interface Retained {
  readonly store: Pick<Store, 'retention'>;
  readonly client: Client;
  /** The environment's own task queue. */
  readonly taskQueue: string;
}

export interface KeepOptions {
  /** How long what closed runs have written is kept, in milliseconds; at least as long as Temporal keeps their histories. */
  readonly keepMs: number;
  /** Nothing younger is removed, in milliseconds. */
  readonly graceMs: number;
  /** Keep what registered models were made from, back to the data. Default: false. */
  readonly keepLineage?: boolean;
  /** Remove nothing. Default: false. */
  readonly dryRun?: boolean;
}

/** What was removed, and by which rules. */
export interface GarbageReport extends Collection {
  /** ISO 8601: what runs have written that closed before is not kept for them. */
  readonly keptSince: string;
}

/**
 * Removes artifacts, checkpoints and plans that nothing needs.
 * @throws PawlError or Temporal's error when anything that decides cannot be asked; nothing is removed then.
 */
export async function collectGarbage(retained: Retained, options: KeepOptions): Promise<GarbageReport> {
  const rules = await rulesOf(retained, options);
  const lookAgain = () => findOpenRuns(retained.client, retained.taskQueue);
  const done = await retained.store.retention.collect({ ...rules, lookAgain, dryRun: options.dryRun });
  return { ...done, keptSince: rules.keptSince };
}

/** Why an artifact is kept: a phrase for each reference on the way; none for one that nothing needs. */
export async function explainKept(
  retained: Retained,
  options: KeepOptions,
  digest: Digest,
): Promise<readonly string[]> {
  return retained.store.retention.why(digest, await rulesOf(retained, options));
}

async function rulesOf({ client, taskQueue }: Retained, options: KeepOptions): Promise<RetentionOptions> {
  const { graceMs, keepLineage } = options;
  const retentionMs = await retentionOf(client);
  const keepMs = Math.max(options.keepMs, retentionMs);
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const open = await findOpenRuns(client, taskQueue);
  return { keptSince: ago(keepMs), historiesSince: ago(retentionMs), graceMs, keepLineage, open };
}
