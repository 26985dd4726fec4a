import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import type { NamedHistory } from './replay-histories.js';

export interface OpenHistoriesOptions {
  /** The environment's own; a step's queue begins with it. */
  readonly taskQueue: string;
  /** Only runs of this pipeline, and the parts of them that run on their own. Default: all. */
  readonly pipeline?: string;
  /** At most so many. Default: all. */
  readonly limit?: number;
}

/** The histories of open runs, and of the parts of them that are workflows of their own, as they are now. */
export async function* openHistories(client: Client, options: OpenHistoriesOptions): AsyncGenerator<NamedHistory> {
  const { taskQueue, pipeline, limit = Number.POSITIVE_INFINITY } = options;
  let given = 0;
  for await (const found of client.workflow.list({ query: 'ExecutionStatus = "Running"', pageSize: 1000 })) {
    if (given >= limit) return;
    if (!found.taskQueue.startsWith(taskQueue) || !(await isOf(client, found, pipeline))) continue;
    const history = await historyOf(client, found);
    if (!history) continue;
    given += 1;
    yield { workflowId: found.workflowId, history };
  }
}

/** A part has the type of all parts; the run it is of is its root. */
async function isOf(client: Client, found: WorkflowExecutionInfo, pipeline: string | undefined): Promise<boolean> {
  if (pipeline === undefined || found.type === pipeline) return true;
  const { rootExecution: root } = found;
  if (!root?.workflowId || root.workflowId === found.workflowId) return false;
  const described = await gone(client.workflow.getHandle(root.workflowId, root.runId ?? undefined).describe());
  return described?.type === pipeline;
}

async function historyOf(client: Client, { workflowId, runId }: WorkflowExecutionInfo) {
  return gone(client.workflow.getHandle(workflowId, runId).fetchHistory());
}

/** Null for what was closed and removed since it was listed. */
async function gone<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  });
}
