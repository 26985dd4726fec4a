import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { Quoted } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { Fault, Outcome } from '../plan/protocol.js';
import { unquoteInline } from './inline-value.js';
import type { RunState } from './run-state.js';

/** How a run ended. `error` is what the workflow throws, so that Temporal shows Failed or Canceled. */
export interface Ending {
  readonly outcome: Outcome;
  /** As nodes read it. */
  readonly quoted: Quoted;
  readonly value: Json;
  readonly faults: readonly Fault[];
  /** Who aborted it and why, in the form in which runs keep what went wrong. */
  readonly aborted?: Fault;
  readonly error?: unknown;
}

/** Thrown through the interpreter by a `reject` node or a step that rejected. Not an error of anyone's. */
export class RunRejected extends Error {
  constructor(readonly value: Quoted) {
    super('rejected');
  }
}

/** Thrown through the interpreter when a held run is given up. */
export class RunGivenUp extends Error {
  constructor(
    readonly outcome: 'aborted' | 'failed',
    readonly faults: readonly Fault[],
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** The ending of a run that came to a value. */
export function valueEnding(outcome: 'succeeded' | 'rejected', quoted: Quoted): Ending {
  return { outcome, quoted, value: unquoteInline(quoted), faults: [] };
}

/** The ending for whatever stopped the interpreter. */
export function endingOf(error: unknown, state: RunState): Ending {
  if (error instanceof RunRejected) return valueEnding('rejected', error.value);
  if (isCancellation(error)) return { outcome: 'cancelled', quoted: null, value: null, faults: [], error };
  if (error instanceof RunGivenUp) return givenUp(error);
  return bug(error, state);
}

function givenUp(error: RunGivenUp): Ending {
  const type = error.outcome === 'aborted' ? FailureType.Aborted : (error.faults[0]?.type ?? FailureType.Internal);
  const aborted: Fault = { node: '', type, message: error.reason, hint: null };
  return {
    outcome: error.outcome,
    quoted: null,
    value: null,
    faults: error.faults,
    ...(error.outcome === 'aborted' && { aborted }),
    error: ApplicationFailure.create({ type, message: error.reason, nonRetryable: true, details: [error.faults] }),
  };
}

function bug(error: unknown, state: RunState): Ending {
  const message = `a bug in Pawl's interpreter: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  const fault: Fault = { node: state.lastNode(), type: FailureType.Internal, message, hint: null };
  return {
    outcome: 'failed',
    quoted: null,
    value: null,
    faults: [fault],
    error: ApplicationFailure.create({ type: FailureType.Internal, message, nonRetryable: true }),
  };
}
