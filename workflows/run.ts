import type { Quoted } from '../plan/binding.js';
import type { Block } from '../plan/plan.js';
import type { BeginResult, RunKey } from '../plan/protocol.js';
import type { FaultPolicy } from './fault-policy.js';
import type { Frame } from './frame.js';
import type { RunState } from './run-state.js';
import type { Stop } from './stop.js';

/** What every node of a run, or of a part of it, shares. */
export interface Run {
  readonly pinned: BeginResult;
  readonly state: RunState;
  readonly stop: Stop;
  readonly faults: FaultPolicy;
  /** The run that this workflow does a part of. Absent: it is the run. */
  readonly of?: RunKey;
  /** Runs a block inside of a node, in this run or in a part of it, and gives its result. */
  readonly interpret: (block: Block, frame: Frame, run: Run) => Promise<Quoted>;
}
