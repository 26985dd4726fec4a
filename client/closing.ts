import {
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Json } from '../plan/json.js';
import { type Fault, OUTCOMES, type Outcome, type RunResult } from '../plan/protocol.js';

/** How a run ended, as everybody tells it. */
export interface Closing {
  readonly outcome: Outcome;
  /** The pipeline's result, or what it was rejected with; `null` otherwise. */
  readonly value: Json;
  readonly faults: readonly Fault[];
  /** ISO 8601, UTC. */
  readonly closedAt: string;
  /** The run that goes on for it, for one that was reset. Absent: none. */
  readonly resetTo?: string;
}

/**
 * How a run ended: by what it said itself, else by how Temporal closed it. `null` while it is open.
 * @throws WorkflowNotFoundError when Temporal does not know the run, or has forgotten it.
 */
export async function closingOf(handle: WorkflowHandle): Promise<Closing | null> {
  const found = await handle.describe();
  return found.status.name === 'RUNNING' ? null : readClosing(found, await resultOf(handle));
}

type ResultOrError = { readonly result: RunResult } | { readonly error: unknown };

async function resultOf(handle: WorkflowHandle): Promise<ResultOrError> {
  try {
    return { result: (await handle.result()) as RunResult };
  } catch (error) {
    if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return { error };
    throw error;
  }
}

function readClosing(found: WorkflowExecutionDescription, ended: ResultOrError): Closing {
  const closedAt = (found.closeTime ?? new Date()).toISOString();
  if ('result' in ended) {
    const { outcome, value } = ended.result;
    return { outcome, value, faults: [], closedAt };
  }
  const said = OUTCOMES.find((outcome) => outcome === found.memo?.outcome);
  const outcome = said ?? outcomeByStatus(found.status.name);
  const resetTo = found.raw.workflowExtendedInfo?.resetRunId || undefined;
  return { outcome, value: null, faults: faultsOf(found, outcome, ended.error), closedAt, ...(resetTo && { resetTo }) };
}

/** The outcome of a run that Temporal closed without it: whoever terminated it gave it up, and one out of time failed. */
function outcomeByStatus(status: string): Outcome {
  if (status === 'CANCELLED') return 'cancelled';
  return status === 'TERMINATED' ? 'aborted' : 'failed';
}

function faultsOf({ memo, status, raw }: WorkflowExecutionDescription, outcome: Outcome, error: unknown) {
  const told = (memo?.result as RunResult | undefined)?.nodes.flatMap(({ fault }) => fault ?? []) ?? [];
  // That a run was cancelled says its outcome; Temporal's own words for it say nothing more.
  if (outcome === 'cancelled') return told;
  // Who aborted a run and why is in no node.
  if (told.length > 0 && outcome !== 'aborted') return told;
  return [...told, faultByStatus(status.name, raw.workflowExtendedInfo?.resetRunId, error)];
}

function faultByStatus(status: string, resetTo: string | null | undefined, error: unknown): Fault {
  const { type, message, hint, node } = fromFailure(error);
  if (status === 'TERMINATED') {
    if (resetTo) return { node, type: 'Reset', message: `reset in Temporal: it goes on as ${resetTo}`, hint: null };
    return { node, type: 'Terminated', message: `terminated in Temporal: ${message}`, hint: TERMINATED_HINT };
  }
  if (status === 'TIMED_OUT') {
    return {
      node,
      type: 'Timeout',
      message: 'the time that it was started with in Temporal was over',
      hint: TIMED_OUT_HINT,
    };
  }
  return { node, type, message, hint };
}

const TERMINATED_HINT = 'Nothing ran on exit. `pawl cancel` ends a run in order.';
const TIMED_OUT_HINT = 'Start it without a workflow timeout: a held run waits for as long as its `hold` says.';

function fromFailure(error: unknown): Fault {
  const cause = (error as { cause?: { type?: string; message?: string; details?: [Partial<Fault>?] } }).cause;
  const details = cause?.details?.[0];
  return {
    node: details?.node ?? '',
    type: cause?.type ?? 'Unknown',
    message: cause?.message ?? String(error),
    hint: details?.hint ?? null,
  };
}

/** What is told of a run that Temporal has forgotten before anybody knew how it ended. */
export function forgotten(closedAt: string): Closing {
  const message = 'Temporal has no history of it any more, and how it ended was not recorded';
  const hint = 'Keep histories longer than Postgres may be away: the retention of the namespace.';
  return { outcome: 'failed', value: null, faults: [{ node: '', type: 'Forgotten', message, hint }], closedAt };
}
