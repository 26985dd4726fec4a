import { CancellationScope, condition } from '@temporalio/workflow';
import type { Fault } from '../plan/protocol.js';
import { callRecordRun } from './calls.js';
import { RunGivenUp } from './ending.js';
import type { Run } from './run.js';
import type { Decision } from './run-state.js';
import { labelRun } from './search-attributes.js';

/**
 * Holds the run at a fault until an operator decides or the deadline passes. Returns to retry.
 * @throws RunGivenUp when the operator aborts or nobody came in time.
 */
export async function holdForOperator(fault: Fault, run: Run): Promise<void> {
  const { state } = run;
  state.held(fault);
  announce(run);
  const decision = await decisionOn(fault, run);
  state.resumed(fault.node);
  if (decision.made === 'retry') {
    announce(run);
    return;
  }
  throw decision.made === 'abort'
    ? new RunGivenUp('aborted', [fault], `aborted by an operator: ${decision.reason}`)
    : new RunGivenUp('failed', [fault], `${fault.node}: ${fault.message}`);
}

async function decisionOn(fault: Fault, { state, pinned }: Run): Promise<Decision> {
  const decision = state.decisionFor(fault.node);
  try {
    await condition(() => decision.made !== null, pinned.plan.holdMs, { summary: `held: ${fault.node}` });
  } catch (error) {
    // The run was cancelled, or another node decided its end: there is nothing to decide here any more.
    state.resumed(fault.node);
    throw error;
  }
  return decision;
}

/** The search attribute and Postgres' projection; neither may hold up the run. */
function announce({ state }: Run): void {
  const faults = state.faults();
  const phase = faults.length > 0 ? 'held' : 'running';
  labelRun({ phase });
  void CancellationScope.nonCancellable(() => callRecordRun({ phase, outcome: null, value: null, faults }));
}
