import type { BeginResult, DecisionRecord } from '../plan/protocol.js';
import type { Ballot } from './ballot.js';
import { callRecordDecisions } from './calls.js';
import { sizeOf } from './fit-table.js';
import type { Run } from './run.js';
import type { RunState } from './run-state.js';
import { tryUntilDone } from './try-until-done.js';

/** In one message, which may have 2 MB. */
const MOST_AT_ONCE = 50;
/** How long the end of a run waits for Postgres, in milliseconds. */
const END_MS = 60_000;

/**
 * Keeps the decisions on an approval that has ended: finished means recorded. An outage holds the run.
 * @returns nothing where nothing is to be recorded.
 */
export function recordBallot(id: string, ballot: Ballot, run: Run): Promise<void> | undefined {
  // Runs of engines before 3 keep them in their histories alone.
  if (run.pinned.engine < 3 || ballot.unrecorded(id).length === 0) return undefined;
  return tryUntilDone(id, run, () => record(id, ballot, run.state));
}

/** Keeps the decisions on approvals that the run did not come to or did not finish. Its end does not fail for them. */
export async function recordLeft({ engine }: BeginResult, state: RunState): Promise<void> {
  if (engine < 3) return;
  for (const [id, ballot] of state.inbox.allBallots()) {
    if (ballot.unrecorded(id).length === 0) continue;
    await record(id, ballot, state, END_MS).catch(() => undefined);
  }
}

async function record(id: string, ballot: Ballot, state: RunState, totalMs?: number): Promise<void> {
  for (let left = ballot.unrecorded(id); left.length > 0; left = ballot.unrecorded(id)) {
    const some: readonly DecisionRecord[] = left.slice(0, MOST_AT_ONCE);
    const room = state.budget.admit(sizeOf(some));
    if (room) await room;
    await callRecordDecisions(some, state.localTurn, totalMs);
    ballot.recorded(some.length);
  }
}
