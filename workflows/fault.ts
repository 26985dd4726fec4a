import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow';
import { FailureType } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { Fault } from '../plan/protocol.js';

/** The failure type of a step that called `ctx.reject`. */
export const REJECTED = 'Rejected';

export function isRejection(error: unknown): boolean {
  return causeOf(error) instanceof ApplicationFailure && (causeOf(error) as ApplicationFailure).type === REJECTED;
}

/** The value a step rejected the run with. */
export function rejectionOf(error: unknown): Json {
  return ((causeOf(error) as ApplicationFailure).details?.[0] ?? null) as Json;
}

/** True for a failure that would come again. */
export function isRefusal(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}

/** True when an attempt's time was over; the others have been left to the workflow. */
export function isCutOff(error: unknown): boolean {
  const cause = causeOf(error);
  return (
    cause instanceof TimeoutFailure &&
    cause.timeoutType === 'START_TO_CLOSE' &&
    (error as ActivityFailure).retryState === 'NON_RETRYABLE_FAILURE'
  );
}

/** The engine of the worker that refused to begin the run; 0 for one that did not say. */
export function engineOfRefusal(error: unknown): number {
  const cause = causeOf(error);
  const details =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as { engine?: number } | undefined) : undefined;
  return details?.engine ?? 0;
}

/** What an operator reads about a failed step. */
export function faultOf(node: string, error: unknown): Fault {
  const cause = causeOf(error);
  if (cause instanceof ApplicationFailure) return failureFault(node, cause);
  if (cause instanceof TimeoutFailure) return timeoutFault(node, cause);
  return { node, type: FailureType.Internal, message: messageOf(cause), hint: null };
}

function failureFault(node: string, { type, message, details }: ApplicationFailure): Fault {
  const { hint = null } = (details?.[0] ?? {}) as { hint?: string | null };
  return { node, type: type ?? FailureType.StepFailed, message, hint };
}

function timeoutFault(node: string, timeout: TimeoutFailure): Fault {
  // What every attempt met until there was no time left: an outage, or what all workers lack.
  if (timeout.timeoutType === 'SCHEDULE_TO_CLOSE' && timeout.cause instanceof ApplicationFailure) {
    const met = failureFault(node, timeout.cause);
    return { ...met, message: `${met.message}; it was tried again until there was no time left` };
  }
  const last = timeout.cause ? `; the last attempt said: ${messageOf(timeout.cause)}` : '';
  return {
    node,
    type: timeout.timeoutType ?? 'TIMEOUT',
    message: `no attempt finished in time (${timeout.timeoutType})${last}`,
    hint:
      timeout.timeoutType === 'START_TO_CLOSE'
        ? 'Give the step a longer `timeout`, or find what it waits for; then retry the run.'
        : 'Check that a worker serves this queue (pawl doctor), then retry the run.',
  };
}

function causeOf(error: unknown): unknown {
  const isWrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return isWrapped && error.cause ? error.cause : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
