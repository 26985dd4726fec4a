import { hostname } from 'node:os';
import type { Info } from '@temporalio/activity';
import type { StepTask } from '../../plan/protocol.js';
import type { ClaimOptions } from '../../store/index.js';

/** What an attempt says about a node when it takes it over. */
export function claimOf(task: StepTask, { workflowExecution, attempt }: Info): ClaimOptions {
  return {
    runId: workflowExecution?.runId ?? '',
    workflowId: workflowExecution?.workflowId ?? '',
    node: task.node,
    generation: task.generation,
    pipeline: task.pipeline,
    step: task.step,
    planHash: task.planHash,
    fingerprint: task.fingerprint,
    nominalTime: task.nominalTime,
    input: task.input,
    attempt,
    worker: workerName(),
  };
}

/** This process, as operators know it. */
export const workerName = (): string => `${hostname()}:${process.pid}`;
