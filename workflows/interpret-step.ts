import { isCancellation } from '@temporalio/workflow';
import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { StepNode } from '../plan/plan.js';
import type { StepTask } from '../plan/protocol.js';
import { callLightStep, callStep } from './calls.js';
import { RunRejected } from './ending.js';
import { faultOf, isRejection, rejectionOf } from './fault.js';
import type { Frame } from './frame.js';
import { holdForOperator } from './hold.js';
import type { Run } from './interpret.js';

/** Runs a step until it has an output: a fault holds the run, and an operator's retry begins a new generation. */
export async function interpretStep(node: StepNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  for (let generation = 0; ; generation += 1) {
    run.state.started(id);
    try {
      const output = await attempt(taskOf(node, id, generation, frame, run), node, run);
      run.state.finished(id);
      return output;
    } catch (error) {
      if (isRejection(error)) {
        run.state.finished(id);
        throw new RunRejected(rejectionOf(error));
      }
      if (isCancellation(error)) {
        run.state.cancelled(id);
        throw error;
      }
      await holdForOperator(faultOf(id, error), run);
    }
  }
}

async function attempt(task: StepTask, node: StepNode, run: Run): Promise<Quoted> {
  if (task.light) {
    const light = await callLightStep(task, run.state.budget);
    if (light) return light.output;
  }
  return (await callStep(task, node.options, run.state.budget)).output;
}

function taskOf(node: StepNode, id: string, generation: number, frame: Frame, run: Run): StepTask {
  const { plan, planHash, nominalTime } = run.pinned;
  return {
    pipeline: plan.pipeline,
    planHash,
    code: plan.code,
    node: id,
    generation,
    step: node.step,
    fingerprint: node.fingerprint,
    input: resolveBinding(node.input, frame),
    light: node.options.light,
    retry: node.options.retry,
    nominalTime,
  };
}
