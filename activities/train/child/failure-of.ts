import { FailureType, isPawlError } from '../../../plan/failure.js';
import type { ChildFailure } from './messages.js';

/** What a parent needs to know of an error; the author's own errors count as failures of the step. */
export function failureOf(error: unknown): ChildFailure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  if (isPawlError(error)) return { type: error.type, message, hint: error.hint, retryable: error.retryable, stack };
  return { type: FailureType.StepFailed, message, hint: undefined, retryable: true, stack };
}
