import { isCancellation } from '@temporalio/workflow';
import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { StepNode } from '../plan/plan.js';
import type { StepCall, StepTask } from '../plan/protocol.js';
import { callLightStep, callStep } from './calls.js';
import { RunRejected } from './ending.js';
import { faultOf, isRejection, rejectionOf } from './fault.js';
import type { Frame } from './frame.js';
import { holdForOperator } from './hold.js';
import type { Run } from './run.js';

/**
 * Runs a step until it has an output. A light step that does not work out beside the workflow goes through the task
 * queue, where there is time, a journal and retries. A fault there holds the run, and an operator's retry begins a new
 * generation.
 */
export async function interpretStep(node: StepNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  const call = callOf(node, id, resolveBinding(node.input, frame), run);
  const { budget } = run.state;
  let light = node.options.light;
  let generation = 0;
  run.state.started(id);
  for (;;) {
    try {
      const room = budget.admit(sizeOf(call));
      if (room) await room;
      const result = await (light ? callLightStep(call) : callStep(taskOf(node, call, generation, run), node.options));
      const breath = light ? budget.spent(result.ms, sizeOf(result)) : undefined;
      if (breath) await breath;
      run.state.finished(id);
      return result.output;
    } catch (error) {
      endIfDecided(id, error, run);
      if (light) {
        light = false;
        continue;
      }
      await holdForOperator(faultOf(id, error), run);
      generation += 1;
      run.state.started(id);
    }
  }
}

/** Rejections and cancellations end the step for good. */
function endIfDecided(id: string, error: unknown, run: Run): void {
  if (isRejection(error)) {
    run.state.finished(id);
    throw new RunRejected(rejectionOf(error));
  }
  if (isCancellation(error)) {
    run.state.cancelled(id);
    throw error;
  }
}

function callOf(node: StepNode, id: string, input: Quoted, { pinned }: Run): StepCall {
  const { plan, nominalTime } = pinned;
  return { pipeline: plan.pipeline, code: plan.code, node: id, step: node.step, input, nominalTime };
}

function taskOf(node: StepNode, call: StepCall, generation: number, { pinned }: Run): StepTask {
  const { fingerprint, options } = node;
  return { ...call, planHash: pinned.planHash, generation, fingerprint, retry: options.retry };
}

const sizeOf = (value: unknown): number => JSON.stringify(value).length;
