import type { Fault } from '../plan/protocol.js';
import type { HeldStep, Resumption } from './holds.js';

/** What becomes of the faults in a run or in a part of it. */
export interface FaultPolicy {
  /**
   * For a fault that another try, or somebody's value, may mend. Returns how to go on.
   * @param step The step that failed; without it nobody can give a value, or other code. @throws what ends the part.
   */
  hold(fault: Fault, step?: HeldStep): Promise<Resumption>;
  /** For a fault that would come again: what to throw. */
  refuse(fault: Fault): unknown;
}
