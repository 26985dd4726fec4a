import type { Fault } from '../plan/protocol.js';

/** What becomes of the faults in a run or in a part of it. */
export interface FaultPolicy {
  /** For a fault that another try may mend. Returns to try again. @throws what ends the part. */
  hold(fault: Fault): Promise<void>;
  /** For a fault that would come again: what to throw. */
  refuse(fault: Fault): unknown;
}
