import type { WorkflowHandle } from '@temporalio/client';
import { CHUNK_WORKFLOW } from '../../plan/chunk.js';

/** The workflows that a run started for parts of its maps, in the order of the items. */
export async function chunksOf(handle: WorkflowHandle): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  const ids = (events ?? []).flatMap((event) => {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    return started?.workflowType?.name === CHUNK_WORKFLOW ? [started.workflowExecution!.workflowId!] : [];
  });
  return ids.sort();
}
