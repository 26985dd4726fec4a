import type { Quoted } from '../plan/binding.js';
import type { Database } from './database.js';

export interface PreviousOutputOptions {
  readonly pipeline: string;
  readonly node: string;
  /** ISO 8601; runs of this time or later do not count. */
  readonly beforeNominalTime: string;
  /** The run that asks. */
  readonly excludeRun: string;
}

/** What a node put out in an earlier run. */
export interface PreviousCommit {
  readonly runId: string;
  readonly workflowId: string;
  readonly nominalTime: string;
  readonly output: Quoted;
}

/** Of several runs for the same time the last that committed counts, and of a node's generations likewise. */
export async function findPreviousOutput(db: Database, options: PreviousOutputOptions): Promise<PreviousCommit | null> {
  const row = await db.kysely
    .selectFrom('journal')
    .select(['run_id', 'workflow_id', 'nominal_time', 'output'])
    .where('state', '=', 'committed')
    .where('pipeline', '=', options.pipeline)
    .where('node', '=', options.node)
    .where('nominal_time', '<', options.beforeNominalTime)
    .where('run_id', '!=', options.excludeRun)
    .orderBy('nominal_time', 'desc')
    .orderBy('committed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { runId: row.run_id, workflowId: row.workflow_id, nominalTime: row.nominal_time, output: row.output };
}
