import { condition } from '@temporalio/workflow';
import type { BeginResult, Fault } from '../plan/protocol.js';
import { announce } from './announce.js';
import { RunGivenUp } from './ending.js';
import type { FaultPolicy } from './fault-policy.js';
import type { Decision, HeldStep, Hold, Resumption } from './holds.js';
import type { RunState } from './run-state.js';
import { summaryOf } from './summary.js';

/** The faults of a run: it holds until an operator decides. What would come again ends it at once. */
export function holdingFaults(pinned: BeginResult, state: RunState): FaultPolicy {
  return {
    hold: (fault, step = undefined) => holdForOperator(fault, step ?? null, pinned, state),
    refuse: (fault) => {
      state.failed(fault);
      return new RunGivenUp('failed', [fault], fault.message);
    },
  };
}

/**
 * Holds the run at a fault until an operator decides or the deadline passes. Returns how the node goes on.
 * @throws RunGivenUp when the operator aborts or nobody came in time.
 */
async function holdForOperator(
  fault: Fault,
  step: HeldStep | null,
  { plan }: BeginResult,
  state: RunState,
): Promise<Resumption> {
  const hold = state.held(withDeadline(fault, plan.holdMs), step);
  announce(state);
  const decision = await decisionOn(hold, plan.holdMs, state);
  state.resumed(fault.node);
  if (decision === null) throw new RunGivenUp('failed', [hold.fault], `${fault.node}: ${fault.message}`);
  if (decision.how === 'abort') throw new RunGivenUp('aborted', [hold.fault], decision.why);
  announce(state);
  return decision;
}

function withDeadline(fault: Fault, holdMs: number): Fault {
  const now = Date.now();
  return {
    ...fault,
    held: { since: new Date(now).toISOString(), until: new Date(Math.min(now + holdMs, LAST_TIME)).toISOString() },
  };
}

/** The last one that a date can be. */
const LAST_TIME = 8.64e15;

/** Null: nobody decided in time. */
async function decisionOn(hold: Hold, holdMs: number, state: RunState): Promise<Decision | null> {
  const { node } = hold.fault;
  try {
    await condition(() => hold.decision !== null, holdMs, { summary: summaryOf(`held: ${node}`) });
    // What somebody sent in time counts, although it takes a moment to check it.
    if (hold.busy !== null) await condition(() => hold.decision !== null || hold.busy === null);
  } catch (error) {
    // The run was cancelled, or another node decided its end: there is nothing to decide here any more.
    state.resumed(node);
    throw error;
  }
  return hold.decision;
}
