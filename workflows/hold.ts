import { CancellationScope, condition } from '@temporalio/workflow';
import type { Fault } from '../plan/protocol.js';
import { callRecordRun } from './calls.js';
import { RunGivenUp } from './ending.js';
import type { Run } from './run.js';
import { labelRun } from './search-attributes.js';

/**
 * Holds the run at a fault until an operator decides or the deadline passes. Returns to retry.
 * @throws RunGivenUp when the operator aborts or nobody came in time.
 */
export async function holdForOperator(fault: Fault, run: Run): Promise<void> {
  const { state, pinned } = run;
  state.held(fault);
  if (state.faults().length === 1) await announce(run, 'held');
  const decision = state.decisionFor(fault.node);
  await condition(() => decision.made !== null, pinned.plan.holdMs, { summary: `held: ${fault.node}` });
  state.resumed(fault.node);
  if (decision.made === 'retry') {
    if (state.faults().length === 0) await announce(run, 'running');
    return;
  }
  throw decision.made === 'abort'
    ? new RunGivenUp('aborted', [fault], `aborted by an operator: ${decision.reason}`)
    : new RunGivenUp('failed', [fault], `${fault.node}: ${fault.message}`);
}

/** The search attribute and Postgres' projection; neither may hold up the run. */
async function announce(run: Run, phase: 'held' | 'running'): Promise<void> {
  labelRun({ phase });
  void CancellationScope.nonCancellable(() =>
    callRecordRun({ phase, outcome: null, value: null, faults: run.state.faults() }),
  );
}
