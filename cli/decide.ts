import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { followRun } from '../client/follow-run.js';
import { FailureType, PawlError } from '../plan/failure.js';
import { findRun } from './find-run.js';
import { printJson, printLine } from './output.js';
import { noteNodes, noteRetry, reportRun } from './run-report.js';
import { type Session, withSession } from './session.js';

export interface DecideOptions {
  readonly json?: boolean;
  /** Follow a held run on: its end is under way. */
  readonly wait?: boolean;
  /** Return once the run has answered. */
  readonly detach?: boolean;
}

/** Does something to an open run, then follows it. @param act returns what the run answered, if it did. */
export async function decide(
  id: string,
  options: DecideOptions,
  act: (handle: WorkflowHandle) => Promise<string | undefined>,
): Promise<void> {
  const json = options.json === true;
  await withSession(async (session) => {
    const handle = await openHandle(id, session);
    const run = handle.workflowId;
    await session.ensureWorker();
    const answer = await act(handle);
    if (options.detach) {
      if (json) printJson({ run, answer });
      else printLine(answer);
      return;
    }
    const followed = await followRun(handle, { wait: options.wait, onNode: noteNodes(run, json), onRetry: noteRetry });
    reportRun(followed, { run, json, url: null });
  });
}

async function openHandle(id: string, session: Session): Promise<WorkflowHandle> {
  const { workflowId: run, runId, phase, outcome } = await findRun(id, session);
  if (phase === 'closed') {
    throw new PawlError(FailureType.Conflict, `run "${run}" is closed already: ${outcome}`, {
      hint: `See it with: pawl show ${run}`,
    });
  }
  return (await session.client()).workflow.getHandle(run, runId);
}

/**
 * Sends a run an Update and gives its answer.
 * @param updateId Sent twice with the same id, it counts once.
 * @throws PawlError of the refusal's own type, `Conflict` where it has none.
 */
export async function updateRun(
  handle: WorkflowHandle,
  name: string,
  input: object,
  updateId?: string,
): Promise<string> {
  try {
    return await handle.executeUpdate<string, [object]>(name, { args: [input], updateId });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new PawlError(typeOf(error.cause), error.cause?.message ?? error.message, { cause: error });
  }
}

function typeOf(cause: unknown): FailureType {
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  return Object.values(FailureType).find((known) => known === type) ?? FailureType.Conflict;
}
