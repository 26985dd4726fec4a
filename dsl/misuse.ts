import { FailureType, PawlError } from '../plan/failure.js';

/** An error in how a pipeline is written. */
export function misuse(message: string, hint: string): PawlError {
  return new PawlError(FailureType.InvalidPlan, message, { hint, retryable: false });
}
