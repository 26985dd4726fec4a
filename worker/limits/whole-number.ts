import { FailureType, PawlError } from '../../plan/failure.js';

/**
 * A whole number that somebody wrote in an option or a variable.
 *
 * @param of what it is for, as the reader knows it: `PAWL_GPUS`, `--queues gpu`.
 * @throws PawlError `InvalidInput` when it is none, or smaller than `least`.
 */
export function wholeNumber(of: string, text: string, least = 1): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= 100_000) return value;
  throw new PawlError(FailureType.InvalidInput, `${of} is "${text}"`, {
    hint: `Give a whole number from ${least} to 100000.`,
  });
}
