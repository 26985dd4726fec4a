import type { Quoted } from '../../plan/binding.js';
import type { Fault } from '../../plan/protocol.js';
import type { JsonLike } from './options.js';

/** Thrown through the evaluation by what ends a run before its result. */
export class RunStopped extends Error {
  constructor(
    readonly outcome: 'rejected' | 'failed' | 'aborted',
    /** What it is rejected with. */
    readonly value: Quoted,
    readonly faults: readonly Fault[],
  ) {
    super(outcome);
  }
}

export const rejected = (value: Quoted): RunStopped => new RunStopped('rejected', value, []);
export const failed = (fault: Fault): RunStopped => new RunStopped('failed', null, [fault]);
export const aborted = (fault: Fault): RunStopped => new RunStopped('aborted', null, [fault]);

/** Thrown through an item of a map that may fail. */
export class PartFailed extends Error {
  constructor(
    readonly part: object,
    readonly fault: Fault,
  ) {
    super(fault.message);
  }
}

/** Thrown through a node that runs on exit. */
export class NodeFailed extends Error {}

/** Try again, leave the node held, or go on with this as its output. */
export type AfterHold = 'retry' | 'held' | { readonly skip: JsonLike | null };

/** What becomes of the faults in a run or in a part of it. */
export interface FaultPolicy {
  /** For a fault that another try may mend. @returns what to do now. @throws what ends the part. */
  hold(fault: Fault): AfterHold;
  /** For a fault that would come again: what to throw. */
  refuse(fault: Fault): Error;
}
