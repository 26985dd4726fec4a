import { FailureType, PawlError } from '../../plan/failure.js';

/** The error for a model that must get no traffic. */
export function unservable(why: string): PawlError {
  return new PawlError(FailureType.InvalidModel, `the model cannot be served: ${why}`, {
    hint: 'Train it again, and deploy the value that `train` returned as it is.',
    retryable: false,
  });
}
