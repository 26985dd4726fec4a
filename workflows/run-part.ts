import { CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { Quoted } from '../plan/binding.js';
import type { Block } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import type { FaultPolicy } from './fault-policy.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { Stop } from './stop.js';

export interface RunPartOptions {
  readonly block: Block;
  readonly frame: Frame;
  /** The run, or the part of it, that this is a part of. */
  readonly run: Run;
  /** Asked once, at the part's first fault: whether the part may fail by it. If not, the fault is the run's. */
  readonly mayFail: () => boolean;
}

export type PartResult = { readonly value: Quoted } | { readonly fault: Fault };

/**
 * Runs a block that may fail without ending the run. What else is at work in it has ended when it counts as failed. A
 * rejection, a cancellation and an operator's abort end the run as ever.
 */
export async function runPart({ block, frame, run, mayFail }: RunPartOptions): Promise<PartResult> {
  const endsPart = (cause: unknown): boolean => cause instanceof PartFailed && cause.stop === stop;
  const stop: Stop = new Stop({ scope: new CancellationScope(), around: run.stop, endsPart });
  const part: Run = { ...run, stop, faults: partFaults(stop, run, mayFail) };
  try {
    return { value: await stop.inScope(() => run.interpret(block, frame, part)) };
  } catch (error) {
    if (!(error instanceof PartFailed && error.stop === stop)) throw error;
    // A cancellation that found this part at its end already is still for the rest of the run.
    if (run.stop.cancelled) throw new CancelledFailure('the run was cancelled');
    return { fault: error.fault };
  } finally {
    stop.forget();
  }
}

/** Thrown through a part of a run that failed by itself. */
class PartFailed extends Error {
  constructor(
    readonly stop: Stop,
    readonly fault: Fault,
  ) {
    super(fault.message);
  }
}

function partFaults(stop: Stop, { faults, state }: Run, mayFail: () => boolean): FaultPolicy {
  let failed: PartFailed | undefined;
  /** The failure of the part; nothing when the fault is the run's. */
  const failureBy = (fault: Fault): PartFailed | undefined => {
    if (!failed && !mayFail()) return undefined;
    state.failed(fault);
    failed ??= new PartFailed(stop, fault);
    return failed;
  };
  return {
    hold: async (fault, step) => {
      const failure = stop.stopped ? stop.causeOr(undefined) : failureBy(fault);
      if (failure !== undefined) throw failure;
      // Awaited here: the histories of earlier runs have recorded the order that this gives.
      return await faults.hold(fault, step);
    },
    refuse: (fault) => (stop.stopped ? stop.causeOr(undefined) : (failureBy(fault) ?? faults.refuse(fault))),
  };
}
