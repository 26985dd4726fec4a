import type { Client } from '@temporalio/client';
import type { Store } from '../../store/index.js';
import { retentionOf } from '../runs/retention.js';
import { settleRuns } from '../runs/settle-runs.js';

/** A run this young is in no list of Temporal's yet, in milliseconds. */
const YOUNG_MS = 10_000;
const MOST_AT_ONCE = 5000;

/** Gives the runs that Temporal has closed without their knowing an outcome, and ends what was left of them. */
export async function closeRuns(client: Client, store: Store): Promise<void> {
  const listed = await openRunIds(client);
  const believed = await store.runs.list({ open: true, limit: MOST_AT_ONCE });
  const missing = believed.filter(({ runId, startedAt }) => !listed.has(runId) && isOld(startedAt));
  if (missing.length === 0) return;
  await settleRuns(missing, { client, store, retentionMs: await retentionOf(client) });
}

const isOld = (startedAt: string): boolean => Date.parse(startedAt) < Date.now() - YOUNG_MS;

/** One list instead of a question for each: a deployment may have thousands of runs that wait for people. */
async function openRunIds(client: Client): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { runId } of client.workflow.list({ query: 'ExecutionStatus = "Running"', pageSize: 1000 }))
    ids.add(runId);
  return ids;
}
