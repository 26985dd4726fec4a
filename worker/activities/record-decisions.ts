import type { DecisionRecord } from '../../plan/protocol.js';
import type { WorkerParts } from '../parts.js';
import type { RunIdentity } from './begin.js';

/** Keeps who decided at an approval; the history stays the truth. */
export async function recordDecisions(
  decisions: readonly DecisionRecord[],
  run: RunIdentity,
  { store }: Pick<WorkerParts, 'store'>,
): Promise<void> {
  await store.decisions.record(run, decisions);
}
