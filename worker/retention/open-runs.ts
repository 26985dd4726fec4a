import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Digest } from '../../plan/canonical.js';
import type { OpenRuns } from '../../store/index.js';
import type { History } from '../replay/recorded-calls.js';
import { digestsInHistory } from './digests-in-history.js';
import { openActivities } from './open-activities.js';

const AT_ONCE = 8;

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * The runs that Temporal has open, children included, and every digest in their histories: values of light steps, of
 * people and of events are in no journal.
 *
 * @param taskQueue The environment's own; a step's queue begins with it.
 */
export async function findOpenRuns(client: Client, taskQueue: string): Promise<OpenRuns> {
  const open = await listOpen(client, taskQueue);
  const mentions = new Map<Digest, string>();
  const atWork: number[] = [];
  const look = async ({ workflowId, runId }: Execution): Promise<void> => {
    const history = await historyOf(client, { workflowId, runId });
    for (const digest of digestsInHistory(history)) mentions.set(digest, `the history of run ${workflowId}`);
    atWork.push(...openActivities(history));
  };
  for (let from = 0; from < open.length; from += AT_ONCE) await Promise.all(open.slice(from, from + AT_ONCE).map(look));
  const workflowIds = [...new Set(open.map(({ workflowId }) => workflowId))];
  const atWorkSince = atWork.length === 0 ? null : new Date(Math.min(...atWork)).toISOString();
  return { runIds: open.map(({ runId }) => runId), workflowIds, atWorkSince, mentions };
}

async function listOpen(client: Client, taskQueue: string): Promise<readonly Execution[]> {
  const open: Execution[] = [];
  for await (const found of client.workflow.list({ query: 'ExecutionStatus = "Running"', pageSize: 1000 })) {
    if (found.taskQueue.startsWith(taskQueue)) open.push({ workflowId: found.workflowId, runId: found.runId });
  }
  return open;
}

async function historyOf(client: Client, { workflowId, runId }: Execution): Promise<History> {
  try {
    return await client.workflow.getHandle(workflowId, runId).fetchHistory();
  } catch (error) {
    // It was closed and removed since the list was made.
    if (error instanceof WorkflowNotFoundError) return {};
    throw error;
  }
}
