import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Json } from '../../plan/json.js';
import { REUSE_MEMO, TASK_QUEUE } from '../../plan/protocol.js';

export interface StartOptions {
  readonly id: string;
  readonly pipeline: string;
  readonly params: Json;
  readonly reuse: 'off' | 'refresh' | undefined;
  readonly skipTime: boolean;
}

/** Starts a run. That time is skipped can only be said in the request itself: the SDK's options do not have it. */
export async function startRun(client: Client, options: StartOptions): Promise<WorkflowHandle> {
  const { id, pipeline, params, reuse, skipTime } = options;
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const payload = (value: Json) => defaultPayloadConverter.toPayload(value);
  await client.workflowService.startWorkflowExecution({
    namespace: client.options.namespace,
    workflowId: id,
    requestId: id,
    workflowType: { name: pipeline },
    taskQueue: { name: TASK_QUEUE },
    input: { payloads: [payload(params)] },
    ...(reuse && { memo: { fields: { [REUSE_MEMO]: payload(reuse) } } }),
    ...(skipTime && { timeSkippingConfig: { enabled: true } }),
  });
  return client.workflow.getHandle(id);
}
