import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { type Closing, closingOf, forgotten } from '../../client/closing.js';
import type { Json } from '../../plan/json.js';
import type { RunRecord, Store } from '../../store/index.js';

/** Where the runs are, and what is known of them. */
export interface Settling {
  readonly client: Client;
  readonly store: Pick<Store, 'runs' | 'journal'>;
  /** How long Temporal keeps the histories of closed runs, in milliseconds. */
  readonly retentionMs: number;
}

/**
 * Asks Temporal how a run ended that Postgres believes to be open, since one that was terminated or timed out told
 * nobody, and records that. @returns the run as it is.
 */
export async function settleRun(run: RunRecord, settling: Settling): Promise<RunRecord> {
  if (run.phase === 'closed') return run;
  const closing = await closingFor(run, settling);
  return closing === null ? run : close(run, closing, settling);
}

const AT_ONCE = 10;

/** The same for several runs, a few at a time. One that Temporal does not answer for stays as it is. */
export async function settleRuns(runs: readonly RunRecord[], settling: Settling): Promise<readonly RunRecord[]> {
  const settled: RunRecord[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    const some = runs.slice(from, from + AT_ONCE);
    settled.push(...(await Promise.all(some.map((run) => settleRun(run, settling).catch(() => run)))));
  }
  return settled;
}

async function closingFor(run: RunRecord, { client, retentionMs }: Settling): Promise<Closing | null> {
  try {
    return await closingOf(client.workflow.getHandle(run.workflowId, run.runId));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    // What Temporal has forgotten had been closed for as long as it keeps histories; else it is another namespace's.
    const isOldEnough = Date.parse(run.startedAt) + retentionMs < Date.now();
    return isOldEnough ? forgotten(new Date().toISOString()) : null;
  }
}

async function close(run: RunRecord, closing: Closing, { store }: Settling): Promise<RunRecord> {
  const { outcome, value: result, faults, closedAt } = closing;
  const error = faults as unknown as Json;
  await store.runs.close({ runId: run.runId, outcome, result, error, closedAt });
  await store.journal.fence(run.runId);
  return { ...run, phase: 'closed', outcome, result, error, closedAt };
}
