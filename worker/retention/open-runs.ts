import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Digest } from '../../plan/canonical.js';
import type { OpenRuns } from '../../store/index.js';
import { digestsInHistory } from './digests-in-history.js';

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
  for (let from = 0; from < open.length; from += AT_ONCE) {
    const some = open.slice(from, from + AT_ONCE);
    await Promise.all(some.map((execution) => addMentions(client, execution, mentions)));
  }
  const workflowIds = [...new Set(open.map(({ workflowId }) => workflowId))];
  return { runIds: open.map(({ runId }) => runId), workflowIds, mentions };
}

async function listOpen(client: Client, taskQueue: string): Promise<readonly Execution[]> {
  const open: Execution[] = [];
  for await (const found of client.workflow.list({ query: 'ExecutionStatus = "Running"', pageSize: 1000 })) {
    if (found.taskQueue.startsWith(taskQueue)) open.push({ workflowId: found.workflowId, runId: found.runId });
  }
  return open;
}

async function addMentions(
  client: Client,
  { workflowId, runId }: Execution,
  mentions: Map<Digest, string>,
): Promise<void> {
  try {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const digest of digestsInHistory(history)) mentions.set(digest, `the history of run ${workflowId}`);
  } catch (error) {
    // It was closed and removed since the list was made.
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
