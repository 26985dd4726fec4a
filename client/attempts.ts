import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

/** An activity of a run that is at work or waits for its next attempt. */
export interface OpenAttempt {
  /** Name of the step, or of an activity of Pawl's own. */
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
  /** What its function said last of where it stands; null when it said nothing. */
  readonly progress: { readonly message: string /** 0 to 1. */; readonly fraction?: number } | null;
  /** What ended the attempt before it; null for a first one. */
  readonly lastFailure: AttemptFailure | null;
}

export interface AttemptFailure {
  readonly type: string;
  readonly message: string;
}

/** The activities that a run has open, as Temporal knows them: also while no worker takes them, or none can do them. */
export async function openAttempts(handle: WorkflowHandle): Promise<readonly OpenAttempt[]> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).map(({ activityType, attempt, heartbeatDetails, lastFailure }) => {
    const payload = heartbeatDetails?.payloads?.[0];
    return {
      step: activityType?.name ?? '',
      attempt: attempt ?? 1,
      // A heartbeat of a step that said nothing is there, and empty.
      progress: (payload && defaultPayloadConverter.fromPayload<OpenAttempt['progress'] | undefined>(payload)) ?? null,
      lastFailure: lastFailure
        ? { type: lastFailure.applicationFailureInfo?.type ?? '', message: lastFailure.message ?? '' }
        : null,
    };
  });
}
