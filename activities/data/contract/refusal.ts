import { FailureType, PawlError } from '../../../plan/failure.js';

/** Something in a row schema that SQL cannot check. */
export function refusal(column: string, what: string, advice: string): PawlError {
  return new PawlError(FailureType.InvalidPlan, `column "${column}": ${what}`, { hint: advice, retryable: false });
}
