import { isCancellation } from '@temporalio/workflow';
import { faultOf } from './fault.js';
import type { Run } from './run.js';

/** Does what a node needs; a fault in it holds the run, and an operator's retry does it again. */
export async function tryUntilDone<T>(
  id: string,
  run: Pick<Run, 'faults' | 'state'>,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (isCancellation(error)) {
        run.state.cancelled(id);
        throw error;
      }
      await run.faults.hold(faultOf(id, error));
      run.state.started(id);
    }
  }
}
