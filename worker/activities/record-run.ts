import type { Json } from '../../plan/json.js';
import type { FollowResetInput, Outcome, RecordRunInput } from '../../plan/protocol.js';
import type { RunStanding, Store } from '../../store/index.js';
import type { WorkerParts } from '../parts.js';
import { type RunIdentity, unbegunRun } from './begin.js';

/** How a run that has not ended stands, as Postgres keeps it. */
export function standingOf({ phase, faults, asks }: Standing): Omit<RunStanding, 'runId'> {
  return {
    phase,
    ...(phase === 'held' && { error: faults as unknown as Json }),
    ...(asks && { asks }),
  };
}

type Standing = Pick<FollowResetInput, 'phase' | 'faults' | 'asks'>;

/** Keeps Postgres' list of runs in step with the history, which stays the truth. */
export async function recordRun(input: RecordRunInput, run: RunIdentity, { store }: WorkerParts): Promise<void> {
  const { runId } = run;
  if (input.notBegun) await store.runs.start(unbegunRun(input.notBegun, run));
  if (input.answers) await store.runs.keepAnswers(runId, input.answers as unknown as Json);
  const { phase } = input;
  if (phase !== 'closed') await store.runs.stand({ runId, ...standingOf({ ...input, phase }) });
  else if (input.outcome !== null) await closeRun(input, input.outcome, runId, store);
}

async function closeRun(input: RecordRunInput, outcome: Outcome, runId: string, { runs }: Store): Promise<void> {
  const { value: result, nodes, omitted = 0 } = input;
  const error = input.faults as unknown as Json;
  const closedAt = new Date().toISOString();
  await runs.close({ runId, outcome, result, error, closedAt, table: nodes && { nodes, omitted } });
}
