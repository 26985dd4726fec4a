import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client';
import { CHUNK_WORKFLOW } from '../../plan/chunk.js';

/**
 * Ends the chunks of large maps that belong to no run any more. When a run is reset, the run that follows takes over the
 * chunks that were started before that point; Temporal leaves later ones at work, and nobody would read what they do.
 */
export async function endOrphans(client: Client): Promise<void> {
  const query = `WorkflowType = "${CHUNK_WORKFLOW}" AND ExecutionStatus = "Running"`;
  const parents = new Map<string, Promise<Parent>>();
  for await (const chunk of client.workflow.list({ query, pageSize: 1000 })) {
    const { workflowId, runId } = chunk.parentExecution ?? {};
    if (!workflowId || !runId) continue;
    const key = `${workflowId} ${runId}`;
    if (!parents.has(key)) parents.set(key, parentOf(client, workflowId, runId));
    if (isOrphan(chunk, await parents.get(key)!)) await end(client, chunk);
  }
}

/** `open`: what started the chunk goes on; else the chunks of the run that follows it, as `workflow id/run id`. */
type Parent = 'open' | ReadonlySet<string>;

async function parentOf(client: Client, workflowId: string, runId: string): Promise<Parent> {
  const own = await describe(client, workflowId, runId);
  if (own?.status.name === 'RUNNING') return 'open';
  const latest = await describe(client, workflowId);
  const children = latest?.status.name === 'RUNNING' ? (latest.raw.pendingChildren ?? []) : [];
  return new Set(children.map((child) => `${child.workflowId}/${child.runId}`));
}

const isOrphan = ({ workflowId, runId }: WorkflowExecutionInfo, parent: Parent): boolean =>
  parent !== 'open' && !parent.has(`${workflowId}/${runId}`);

async function end(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<void> {
  await orNothing(client.workflow.getHandle(workflowId, runId).terminate('the run it is a part of was reset'));
}

const describe = (client: Client, workflowId: string, runId?: string) =>
  orNothing(client.workflow.getHandle(workflowId, runId).describe());

/** Null where there is no such workflow any more. */
async function orNothing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
