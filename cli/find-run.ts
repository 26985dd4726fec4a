import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { closingOf } from '../client/closing.js';
import { nameIn, runIdIn } from '../plan/environment.js';
import { FailureType, isPawlError, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import { suggestName } from '../plan/suggest.js';
import type { RunRecord } from '../store/index.js';
import { retentionOf } from '../worker/runs/retention.js';
import { type Settling, settleRun } from '../worker/runs/settle-runs.js';
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
  const client = await session.client();
  return client.withDeadline(Date.now() + ANSWER_MS, async () => {
    const latest = await describe(known?.workflowId ?? runIdIn(session.environment.name, id), client);
    // One id may have had several runs, one after the other: after a reset, or started again.
    const run = latest && latest.runId !== known?.runId ? await runs.run(latest.runId) : known;
    if (run) return settleRun(run, await settlingOf(session));
    if (latest) return unbegunRecord(latest, client);
    throw await unknownRun(id, session);
  });
}

/** What it takes to find out how runs ended. */
export async function settlingOf(session: Session): Promise<Settling> {
  const client = await session.client();
  return { client, store: await session.store(), retentionMs: await retentionOf(client) };
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
export function isUnanswered(error: unknown): boolean {
  if (isPawlError(error)) return error.type === FailureType.StoreUnavailable;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && UNANSWERED.includes(cause.code);
}

async function describe(workflowId: string, client: Client): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

type Started = Pick<WorkflowExecutionInfo, 'runId' | 'workflowId' | 'type' | 'startTime'>;

/** A run that no worker has taken up, or that ended before one did. */
export async function unbegunRecord(found: Started, client: Client): Promise<RunRecord> {
  const { runId, workflowId, type: pipeline } = found;
  const startedAt = found.startTime.toISOString();
  const closing = await closingOf(client.workflow.getHandle(workflowId, runId));
  return {
    runId,
    workflowId,
    pipeline,
    planHash: null,
    params: null,
    nominalTime: startedAt,
    startedAt,
    phase: closing ? 'closed' : 'running',
    outcome: closing?.outcome ?? null,
    result: closing?.value ?? null,
    error: (closing?.faults ?? null) as unknown as Json,
    closedAt: closing?.closedAt ?? null,
    origin: null,
    answers: null,
    asks: null,
  };
}

async function unknownRun(id: string, session: Session): Promise<PawlError> {
  const recent = await (await session.store()).runs.list({ limit: SUGGESTED_FROM });
  const suggestion = suggestName(id, [...new Set(recent.map(({ workflowId }) => workflowId))]);
  const near = suggestion.startsWith('Did you mean') ? `${suggestion} ` : '';
  return new PawlError(FailureType.UnknownRun, `no run is called "${id}"`, { hint: `${near}pawl runs lists them.` });
}
