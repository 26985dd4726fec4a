import type { Info } from '@temporalio/activity';
import type { StepTask } from '../../plan/protocol.js';
import type { ClaimOptions } from '../../store/index.js';
import { WORKER_NAME } from '../worker-name.js';
import { runOf } from './run-of.js';

/** What an attempt says about a node when it takes it over. */
export function claimOf(task: StepTask, info: Info): ClaimOptions {
  const { id: workflowId, runId } = runOf(task, info);
  return {
    runId,
    workflowId,
    node: task.node,
    generation: task.generation,
    pipeline: task.pipeline,
    step: task.step,
    planHash: task.planHash,
    fingerprint: task.fingerprint,
    nominalTime: task.nominalTime,
    input: task.input,
    attempt: info.attempt,
    worker: WORKER_NAME,
  };
}
