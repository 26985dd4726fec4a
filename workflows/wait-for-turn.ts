import type { StepResult, StepWait } from '../plan/protocol.js';
import type { Run } from './run.js';
import type { Turn } from './turn.js';

/** True for the answer of a step that may not begin yet. */
export function isWait(answer: StepResult | StepWait): answer is StepWait {
  return 'wait' in answer;
}

/** Waits on a timer, so that no worker has to keep a place free for a step that does nothing. */
export async function waitForTurn(id: string, answer: StepWait, turn: Turn, run: Run): Promise<void> {
  run.state.waiting(id, () => answer.wait.why);
  await turn.wait(id, answer);
}
