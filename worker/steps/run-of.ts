import { Context, type Info } from '@temporalio/activity';
import type { RunKey, StepCall } from '../../plan/protocol.js';

/**
 * The run that a step belongs to: items of a large map run in workflows of their own, which are no runs.
 * @param info Default: that of the activity at work.
 */
export function runOf({ run }: Pick<StepCall, 'run'>, info: Info = Context.current().info): RunKey {
  const { workflowExecution } = info;
  return run ?? { id: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? '' };
}
