import { FailureType, PawlError } from '../../plan/failure.js';
import { describeDifference } from './compare-calls.js';
import type { History } from './recorded-calls.js';
import { replayHistories } from './replay-histories.js';

/**
 * Replays a history against this build's interpreter. The history is enough: neither pipeline nor code is needed.
 * @throws PawlError `Internal` when the interpreter would now do something else, or ask for it in another way.
 */
export async function replayHistory(history: History, workflowId: string): Promise<void> {
  for await (const replayed of replayHistories([{ workflowId, history }])) {
    const problem = replayed.problem ?? replayed.differences.map(describeDifference).join('\n');
    if (problem === '') continue;
    throw new PawlError(FailureType.Internal, `the history of "${workflowId}" does not replay: ${problem}`, {
      hint: 'This build of Pawl would run it differently. Keep the old build for runs that are open.',
    });
  }
}
