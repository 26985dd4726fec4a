import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Progress } from '../../dsl/context.js';

/** What a step that is at work said last. */
export interface StepProgress {
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  readonly progress: Progress;
}

/** Where the steps of a run stand that are at work, as their heartbeats say; those that said nothing are left out. */
export async function progressOf(handle: WorkflowHandle): Promise<readonly StepProgress[]> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).flatMap(({ activityType, attempt, heartbeatDetails }) => {
    const payload = heartbeatDetails?.payloads?.[0];
    const progress = payload && defaultPayloadConverter.fromPayload<Progress | null>(payload);
    return progress ? [{ step: activityType?.name ?? '', attempt: attempt ?? 1, progress }] : [];
  });
}
