import {
  isGrpcServiceError,
  ServiceError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { nameIn, runIdIn } from '../plan/environment.js';
import { FailureType, isPawlError, PawlError } from '../plan/failure.js';
import { type Fault, OUTCOMES, type Outcome, type RunResult } from '../plan/protocol.js';
import { suggestName } from '../plan/suggest.js';
import type { RunRecord } from '../store/index.js';
import type { Session } from './session.js';

const SUGGESTED_FROM = 500;
/** How long Temporal has for its answer, in milliseconds. */
const ANSWER_MS = 10_000;
/** gRPC's codes for that: DEADLINE_EXCEEDED, UNAVAILABLE. */
const UNANSWERED: readonly number[] = [4, 14];

/**
 * The run of an id, with or without its environment before it. Postgres knows it from its begin on; whether it is still
 * open is asked of Temporal, since `temporal workflow terminate` tells nobody.
 * @throws PawlError `UnknownRun` when there is none.
 */
export async function findRun(id: string, session: Session): Promise<RunRecord> {
  const { runs } = await session.store();
  const known = await knownRun(id, session);
  if (known?.phase === 'closed') return known;
  const workflowId = known?.workflowId ?? runIdIn(session.environment.name, id);
  const found = await describe(workflowId, known?.runId, session);
  if (!known) {
    if (found) return notBegun(found);
    throw await unknownRun(id, session);
  }
  if (!found || found.status.name === 'RUNNING') return known;
  const closed = closedRun(known, found);
  await runs.close({ ...closed, outcome: closed.outcome!, closedAt: closed.closedAt! });
  return closed;
}

/** The run of an id, and whether Temporal could say how it stands: for looking, what Postgres knows is enough. */
export async function lookUpRun(
  id: string,
  session: Session,
): Promise<{ readonly run: RunRecord; readonly answered: boolean }> {
  try {
    return { run: await findRun(id, session), answered: true };
  } catch (error) {
    const run = isUnanswered(error) ? await knownRun(id, session) : null;
    if (!run) throw error;
    return { run, answered: false };
  }
}

async function knownRun(id: string, session: Session): Promise<RunRecord | null> {
  const { runs } = await session.store();
  return (await runs.latest(id)) ?? (await runs.latest(nameIn(session.environment.name, id)));
}

/** True where Temporal is not reached, or does not get to an answer. */
function isUnanswered(error: unknown): boolean {
  if (isPawlError(error)) return error.type === FailureType.StoreUnavailable;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && UNANSWERED.includes(cause.code);
}

async function describe(
  workflowId: string,
  runId: string | undefined,
  session: Session,
): Promise<WorkflowExecutionDescription | null> {
  try {
    const client = await session.client();
    const handle = client.workflow.getHandle(workflowId, runId);
    return await client.withDeadline(Date.now() + ANSWER_MS, () => handle.describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** A run that no worker has taken up, or whose begin was refused. */
function notBegun(found: WorkflowExecutionDescription): RunRecord {
  const startedAt = found.startTime.toISOString();
  const open: RunRecord = {
    runId: found.runId,
    workflowId: found.workflowId,
    pipeline: found.type,
    planHash: null,
    params: null,
    nominalTime: startedAt,
    startedAt,
    phase: 'running',
    outcome: null,
    result: null,
    error: null,
    closedAt: null,
  };
  return found.status.name === 'RUNNING' ? open : closedRun(open, found);
}

/** How Temporal says that a run ended; its memo says more, unless the run itself could not say anything. */
function closedRun(run: RunRecord, found: WorkflowExecutionDescription): RunRecord {
  const { memo, status, closeTime } = found;
  const said = OUTCOMES.find((outcome) => outcome === memo?.outcome);
  const result = memo?.result as RunResult | undefined;
  return {
    ...run,
    phase: 'closed',
    outcome: said ?? outcomeOf(status.name),
    result: result?.value ?? null,
    error: said ? run.error : [endedFromOutside(status.name)],
    closedAt: (closeTime ?? new Date()).toISOString(),
  };
}

function outcomeOf(status: string): Outcome {
  if (status === 'CANCELLED') return 'cancelled';
  return status === 'TERMINATED' ? 'aborted' : 'failed';
}

/** As JSON, as the store keeps faults. */
function endedFromOutside(status: string): { readonly [key in keyof Fault]: string | null } {
  const what = status.toLowerCase().replace('_', ' ');
  return { node: '', type: 'Aborted', message: `Temporal says: ${what}`, hint: 'Its history there says why.' };
}

async function unknownRun(id: string, session: Session): Promise<PawlError> {
  const recent = await (await session.store()).runs.list({ limit: SUGGESTED_FROM });
  const suggestion = suggestName(id, [...new Set(recent.map(({ workflowId }) => workflowId))]);
  const near = suggestion.startsWith('Did you mean') ? `${suggestion} ` : '';
  return new PawlError(FailureType.UnknownRun, `no run is called "${id}"`, { hint: `${near}pawl runs lists them.` });
}
