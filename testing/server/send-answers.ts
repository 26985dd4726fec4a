import type { WorkflowHandle } from '@temporalio/client';
import { misuse } from '../../dsl/misuse.js';
import { FailureType } from '../../plan/failure.js';
import { RunMessage } from '../../plan/protocol.js';
import type { ServerDecision, ServerRunOptions } from './server-options.js';

/** Sends what people answer; each gives what the run says to it. */
export async function sendAnswers(
  handle: WorkflowHandle,
  { approvals = {}, events = {} }: ServerRunOptions,
): Promise<readonly Promise<unknown>[]> {
  const requests = [
    ...Object.entries(approvals).flatMap(([node, given]) => decisionsAt(node, given)),
    ...Object.entries(events).map(([node, value]) => ({ message: RunMessage.send, request: { node, value } })),
  ];
  const answers: Promise<unknown>[] = [];
  for (const { message, request } of requests) {
    const update = await handle.startUpdate(message, { args: [request], waitForStage: 'ACCEPTED' });
    const answer = update.result();
    // It is looked at when the run has ended.
    answer.catch(() => undefined);
    answers.push(answer);
  }
  return answers;
}

function decisionsAt(node: string, given: ServerDecision | readonly ServerDecision[]) {
  const decisions: readonly ServerDecision[] = Array.isArray(given) ? given : [given];
  return decisions.map((decision, index) => {
    const by = index === 0 ? 'somebody' : `somebody-${index + 1}`;
    return { message: RunMessage.approve, request: { by, ...decision, node } };
  });
}

/** What did not fit where the run stood was only not needed; what could never count is a mistake of the test. */
export function refuseWrong(answers: readonly PromiseSettledResult<unknown>[]): void {
  for (const answer of answers) {
    if (answer.status === 'fulfilled') continue;
    const { cause } = answer.reason as { cause?: { type?: string; message?: string } };
    if (cause?.type === undefined || cause.type === FailureType.Conflict) continue;
    throw misuse(`an answer of the test cannot count: ${cause.message}`, 'Change the approvals or events of the test.');
  }
}
