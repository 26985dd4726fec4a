import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { FailureType } from '../plan/failure.js';
import { faultOf } from './fault.js';
import { refusal } from './request-shape.js';

/** Anything but a Temporal failure would fail the run for what somebody sent to it. */
export async function answer(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    throw asRefusal(error);
  }
}

/** The same for what needs no waiting. */
export function answerNow(work: () => string): string {
  try {
    return work();
  } catch (error) {
    throw asRefusal(error);
  }
}

function asRefusal(error: unknown): ApplicationFailure {
  return error instanceof ApplicationFailure ? error : refusal(`a bug in Pawl: ${String(error)}`, FailureType.Internal);
}

/**
 * Awaits what a worker says about something that was sent to a run.
 * @param what as `what was sent to "sign" was checked`.
 * @throws ApplicationFailure that whoever sent it reads.
 */
export async function askWorker<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) throw refusal(`the run ended before ${what}`, FailureType.Conflict);
    const { type, message, hint } = faultOf('', error);
    throw refusal(hint ? `${message}\n${hint}` : message, type as FailureType);
  }
}
