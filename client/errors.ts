import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { FailureType, PawlError } from '../plan/failure.js';

/**
 * Calls a run and says in Pawl's words what Temporal refuses.
 * @throws PawlError `UnknownRun`, or what the run refused an Update with.
 */
export async function translateErrors<T>(run: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw unknownRun(run, error);
    if (error instanceof WorkflowUpdateFailedError) throw refusedUpdate(error);
    throw error;
  }
}

function unknownRun(run: string, cause: unknown): PawlError {
  return new PawlError(FailureType.UnknownRun, `no open run is called "${run}"`, {
    hint: 'It may be closed, or of another namespace: pawl runs lists them.',
    retryable: false,
    cause,
  });
}

const FAILURES = new Map<unknown, FailureType>(Object.values(FailureType).map((type) => [type, type]));

function refusedUpdate(error: WorkflowUpdateFailedError): PawlError {
  const { cause } = error;
  const type = FAILURES.get((cause as { type?: unknown } | undefined)?.type) ?? FailureType.Conflict;
  return new PawlError(type, cause?.message ?? error.message, { retryable: false, cause: error });
}
