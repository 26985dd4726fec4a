import { sleep } from '@temporalio/workflow';
import { describeTurn } from '../plan/describe-turn.js';
import type { StepResult, StepWait } from '../plan/protocol.js';
import type { Run } from './run.js';
import { summaryOf } from './summary.js';

/** True for the answer of a step that may not begin yet. */
export function isWait(answer: StepResult | StepWait): answer is StepWait {
  return 'wait' in answer;
}

/** Waits on a timer, so that no worker has to keep a place free for a step that does nothing. */
export async function waitForTurn(id: string, { wait: { ms, why } }: StepWait, run: Run): Promise<void> {
  run.state.waiting(id, () => why);
  await sleep(ms, { summary: summaryOf(`${id} ${describeTurn(why)}`) });
}
