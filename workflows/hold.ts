import { CancellationScope, condition } from '@temporalio/workflow';
import type { BeginResult, Fault } from '../plan/protocol.js';
import { callRecordRun } from './calls.js';
import { RunGivenUp } from './ending.js';
import type { FaultPolicy } from './fault-policy.js';
import { fitFaults } from './fit-table.js';
import type { Decision, RunState } from './run-state.js';
import { labelRun } from './search-attributes.js';
import { summaryOf } from './summary.js';

/** The faults of a run: it holds until an operator decides. What would come again ends it at once. */
export function holdingFaults(pinned: BeginResult, state: RunState): FaultPolicy {
  return {
    hold: (fault) => holdForOperator(fault, pinned, state),
    refuse: (fault) => {
      state.failed(fault);
      return new RunGivenUp('failed', [fault], fault.message);
    },
  };
}

/**
 * Holds the run at a fault until an operator decides or the deadline passes. Returns to retry.
 * @throws RunGivenUp when the operator aborts or nobody came in time.
 */
async function holdForOperator(fault: Fault, { plan }: BeginResult, state: RunState): Promise<void> {
  state.held(fault);
  announce(state);
  const decision = await decisionOn(fault, plan.holdMs, state);
  state.resumed(fault.node);
  if (decision.made === 'retry') {
    announce(state);
    return;
  }
  throw decision.made === 'abort'
    ? new RunGivenUp('aborted', [fault], `aborted by an operator: ${decision.reason}`)
    : new RunGivenUp('failed', [fault], `${fault.node}: ${fault.message}`);
}

async function decisionOn(fault: Fault, holdMs: number, state: RunState): Promise<Decision> {
  const decision = state.decisionFor(fault.node);
  try {
    await condition(() => decision.made !== null, holdMs, { summary: summaryOf(`held: ${fault.node}`) });
  } catch (error) {
    // The run was cancelled, or another node decided its end: there is nothing to decide here any more.
    state.resumed(fault.node);
    throw error;
  }
  return decision;
}

/** A run whose end has been decided is held no more, although what runs on exit may take a while. */
export function announceEnd(state: RunState): void {
  if (state.phase === 'held') announce(state);
}

/** Temporal refuses inputs over 2 MB, and ends the run for it. */
const MAX_FAULTS_BYTES = 500_000;

/** The search attribute and Postgres' projection; neither may hold up the run. */
function announce(state: RunState): void {
  const faults = fitFaults(state.faults(), MAX_FAULTS_BYTES);
  const phase = faults.length > 0 ? 'held' : 'running';
  state.phase = phase;
  labelRun({ phase });
  void CancellationScope.nonCancellable(() => callRecordRun({ phase, outcome: null, value: null, faults }));
}
