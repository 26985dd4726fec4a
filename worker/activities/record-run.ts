import type { Json } from '../../plan/json.js';
import type { RecordRunInput } from '../../plan/protocol.js';
import type { WorkerParts } from '../parts.js';
import { type RunIdentity, unbegunRun } from './begin.js';

/** Keeps Postgres' list of runs in step with the history, which stays the truth. */
export async function recordRun(input: RecordRunInput, run: RunIdentity, { store }: WorkerParts): Promise<void> {
  const { runId } = run;
  if (input.notBegun) await store.runs.start(unbegunRun(input.notBegun, run));
  if (input.answers) await store.runs.keepAnswers(runId, input.answers as unknown as Json);
  const error = input.faults as unknown as Json;
  if (input.outcome !== null) {
    const closedAt = new Date().toISOString();
    const { outcome, value: result, nodes, omitted = 0 } = input;
    await store.runs.close({ runId, outcome, result, error, closedAt, table: nodes && { nodes, omitted } });
  } else if (input.phase === 'held') {
    await store.runs.hold(runId, error);
  } else {
    await store.runs.resume(runId);
  }
}
