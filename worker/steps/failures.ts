import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { FailureType, isPawlError, type PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { RetryPlan } from '../../plan/plan.js';

/** Failures that are nobody's code: they wait for the outage to end and never count against a step's retries. */
const OUTAGES: ReadonlySet<FailureType> = new Set([
  FailureType.StoreUnavailable,
  FailureType.CodeMissing,
  FailureType.SecretMissing,
  FailureType.DeviceMissing,
  FailureType.Fenced,
]);

/** Thrown by `ctx.reject`. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  constructor(
    readonly reason: string,
    readonly details: Json,
  ) {
    super(reason);
  }
}

/** Temporal refuses failures of megabytes, and then nobody learns of them. In characters. */
const MAX_TEXT = 8000;

/** As much of a text as a failure may carry. */
export function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}

/** Also when a step's function has caught it and thrown an error of its own for which it is the cause. */
export function isOutage(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < MAX_CAUSES; at = at.cause, depth += 1) {
    if (isPawlError(at) && OUTAGES.has(at.type)) return true;
  }
  return false;
}

/** Causes may go round in a circle. */
const MAX_CAUSES = 10;

/** What one worker lacks, another may have. */
const LACKS: ReadonlySet<FailureType> = new Set([FailureType.CodeMissing, FailureType.SecretMissing]);
/** So many attempts come at once, for another worker to take them; from then on nobody has it. */
const QUICK_ATTEMPTS = 20;
const QUICK_MS = 100;

/** Whether and when what failed for nobody's fault is tried again. @param attempt From 1. */
export function retryOutage(error: unknown, attempt: number): { again: boolean; pauseMs?: number } {
  if (!isOutage(error)) return { again: false };
  const isLack = isPawlError(error) && LACKS.has(error.type);
  return isLack && attempt < QUICK_ATTEMPTS ? { again: true, pauseMs: QUICK_MS } : { again: true };
}

export interface FailureRetry {
  readonly again: boolean;
  readonly pauseMs?: number;
  /** What the failure says beside its hint. */
  readonly details?: object;
}

/** The same text an operator reads in the terminal and in the Temporal UI. */
export function asFailure(error: unknown, retry: FailureRetry): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof Rejection) return rejectionFailure(error);
  const pawl = isPawlError(error) ? error : undefined;
  return ApplicationFailure.create({
    type: pawl?.type ?? FailureType.StepFailed,
    message: clip(error instanceof Error ? error.message : String(error)),
    nonRetryable: !retry.again,
    nextRetryDelay: retry.pauseMs,
    details: [{ hint: pawl?.hint ?? null, ...retry.details }],
    cause: causeOf(error, pawl),
  });
}

/** Whether and when the author's step runs again after so many failures. */
export function retryAfter(error: unknown, failures: number, retry: RetryPlan): { again: boolean; pauseMs?: number } {
  if (isPawlError(error) && !error.retryable) return { again: false };
  if (failures >= retry.attempts) return { again: false };
  return { again: true, pauseMs: Math.round(retry.backoffMs * retry.factor ** (failures - 1)) };
}

function rejectionFailure(rejection: Rejection): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Rejected',
    message: rejection.reason,
    nonRetryable: true,
    details: [{ reason: rejection.reason, details: rejection.details }],
  });
}

function causeOf(error: unknown, pawl: PawlError | undefined): Error | undefined {
  const cause = pawl ? pawl.cause : error;
  return cause instanceof Error && (cause.stack ?? '').length <= MAX_TEXT ? cause : undefined;
}
