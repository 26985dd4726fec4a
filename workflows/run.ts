import type { Quoted } from '../plan/binding.js';
import type { Block } from '../plan/plan.js';
import type { BeginResult } from '../plan/protocol.js';
import type { Frame } from './frame.js';
import type { RunState } from './run-state.js';
import type { Stop } from './stop.js';

/** What every node of a run shares. */
export interface Run {
  readonly pinned: BeginResult;
  readonly state: RunState;
  readonly stop: Stop;
  /** Runs a block inside of a node and gives its result. */
  readonly interpret: (block: Block, frame: Frame) => Promise<Quoted>;
}
