import { Context } from '@temporalio/activity';
import type { StepLog } from '../../dsl/context.js';
import type { StepCall } from '../../plan/protocol.js';
import type { WorkerParts } from '../parts.js';
import { runOf } from './run-of.js';
import type { Attempt } from './step-context.js';

/** The facts of the activity at work. */
export function attemptOf(call: StepCall, { environment }: Pick<WorkerParts, 'environment'>): Attempt {
  const { cancellationSignal, log } = Context.current();
  return {
    run: { ...runOf(call), pipeline: call.pipeline, nominalTime: call.nominalTime, environment },
    node: call.node,
    signal: cancellationSignal,
    log: stepLog(log, call.node),
  };
}

function stepLog(log: Context['log'], node: string): StepLog {
  return {
    info: (message, details) => log.info(message, { node, ...details }),
    warn: (message, details) => log.warn(message, { node, ...details }),
  };
}
