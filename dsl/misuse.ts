import { FailureType, PawlError } from '../plan/failure.js';

/** Which rule of writing pipelines was broken; the compiler reports it under the same code. */
export type MisuseCode =
  | 'misuse'
  | 'async-pipeline'
  | 'duplicate-id'
  | 'duplicate-step'
  | 'not-json'
  | 'recursive-pipeline'
  | 'ref-assigned'
  | 'ref-in-arithmetic'
  | 'ref-in-comparison'
  | 'ref-in-json'
  | 'ref-in-template'
  | 'ref-iterated'
  | 'ref-spread'
  | 'row-schema'
  | 'value-too-large';

/** An error in how a pipeline is written. */
export class Misuse extends PawlError {
  constructor(
    readonly code: MisuseCode,
    message: string,
    hint: string,
  ) {
    super(FailureType.InvalidPlan, message, { hint, retryable: false });
  }
}

/** Makes an error about how a pipeline is written. */
export function misuse(message: string, hint: string, code: MisuseCode = 'misuse'): Misuse {
  return new Misuse(code, message, hint);
}
