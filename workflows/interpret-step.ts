import { isCancellation, sleep } from '@temporalio/workflow';
import { type Quoted, quote, resolveBinding } from '../plan/binding.js';
import type { Block, RetryPlan, StepNode } from '../plan/plan.js';
import type { StepResult } from '../plan/protocol.js';
import { endIfStopped } from './budget.js';
import { callLightStep, callStep } from './calls.js';
import { RunRejected } from './ending.js';
import { faultOf, isCutOff, isRejection, rejectionOf } from './fault.js';
import { sizeOf } from './fit-table.js';
import type { Frame } from './frame.js';
import { resultAhead } from './light-ahead.js';
import type { Run } from './run.js';
import { askOf, callOf, MAX_INPUT_BYTES, type StepInRun, taskOf, tooLarge, type Work, workOf } from './step-task.js';
import { summaryOf } from './summary.js';
import { isWait, waitForTurn } from './wait-for-turn.js';

/**
 * Runs a step until it has an output. A light step that does not work out beside the workflow goes through the task
 * queue, where there is time, a journal and retries. A fault there holds the run, and an operator's retry begins a new
 * generation.
 */
export async function interpretStep(node: StepNode, frame: Frame, run: Run, block: Block): Promise<Quoted> {
  const id = frame.rename(node.id);
  const call = callOf(node, id, resolveBinding(node.input, frame), run);
  const bytes = sizeOf(call);
  if (bytes > MAX_INPUT_BYTES) throw run.faults.refuse(tooLarge(id, bytes));
  run.state.started(id);
  const step: StepInRun = { node, id, call, bytes, run, label: run.pinned.labels?.[node.id] };
  // What an operator decided about is in the journal, which light steps pass by.
  if (node.options.light && !run.state.restarts[id]) {
    const end = await (run.pinned.engine >= 3 ? runAhead(step, frame, block) : runAlone(step));
    if (end) return end.output;
  }
  const work = workOf(step);
  for (;;) {
    const end = await tryStep(step, work);
    if (end) return end.output;
  }
}

/** A step has one where it does not go on, whatever its output is. */
type End = Pick<StepResult, 'output'>;

/** The end of a light step that runs with others beside the workflow; null when it has to go through the queue. */
async function runAhead({ node, id, run }: StepInRun, frame: Frame, block: Block): Promise<End | null> {
  const ahead = await resultAhead(node, frame, run, block);
  if (!ahead) return null;
  run.state.finishedAhead(id, ahead.ms);
  return ahead;
}

/** The same by itself, as engines before the third did it. */
async function runAlone({ id, call, bytes, run, label }: StepInRun): Promise<End | null> {
  const { budget } = run.state;
  try {
    const room = budget.admit(bytes);
    if (room) await makeRoom(room);
    const result = await callLightStep(call, label);
    const breath = budget.spent(result.ms, sizeOf(result));
    if (breath) await makeRoom(breath);
    run.state.finished(id, result.reused);
    return result;
  } catch (error) {
    endIfDecided(id, error, run);
    return null;
  }
}

/** Goes through the queue once, and decides what a failure leads to. @returns null when it has to do so again. */
async function tryStep(step: StepInRun, work: Work): Promise<End | null> {
  const { id, bytes, run } = step;
  try {
    if (work.cutOff > work.paused) {
      work.paused = work.cutOff;
      await pauseAfter(work.cutOff, id, work.code.options.retry);
    }
    const room = run.state.budget.admit(bytes);
    if (room) await makeRoom(room);
    const result = await callStep(askOf(step, work), work.code.options, step.label);
    if (isWait(result)) {
      work.turn ??= run.state.turns.next(work.code.options.priority);
      await waitForTurn(id, result, work.turn, run);
      run.state.started(id);
      return null;
    }
    work.turn?.leave();
    run.state.finished(id, result.reused);
    return result;
  } catch (error) {
    work.turn?.leave();
    return await afterFailure(error, step, work);
  }
}

/** Another attempt follows, or what an operator says. @returns null when the step is to go through the queue again. */
async function afterFailure(error: unknown, step: StepInRun, work: Work): Promise<End | null> {
  const { id, node, run } = step;
  endIfDecided(id, error, run);
  if (isCutOff(error) && work.cutOff + 1 < work.code.options.retry.attempts) {
    work.cutOff += 1;
    return null;
  }
  const next = await run.faults.hold(faultOf(id, error), { node, task: taskOf(step, work) });
  if (next.how === 'given') {
    run.state.given(id, next.given);
    return next;
  }
  if (next.code) {
    work.code = next.code;
    run.state.runsCodeOf(id, next.code.planHash);
  }
  Object.assign(work, { cutOff: 0, paused: 0, turn: undefined, generation: work.generation + 1 });
  run.state.started(id);
  return null;
}

async function makeRoom(room: Promise<void>): Promise<void> {
  await room;
  endIfStopped();
}

/** The author's pause before another attempt; the worker makes it itself where an attempt failed. */
async function pauseAfter(failures: number, id: string, { backoffMs, factor }: RetryPlan): Promise<void> {
  const ms = Math.min(backoffMs * factor ** (failures - 1), LONGEST_PAUSE_MS);
  await sleep(Math.max(1, Math.round(ms)), { summary: summaryOf(`before another attempt: ${id}`) });
}

const LONGEST_PAUSE_MS = 365 * 86_400_000;

/** Rejections and cancellations end the step for good. */
function endIfDecided(id: string, error: unknown, run: Run): void {
  if (isRejection(error)) {
    run.state.finished(id);
    throw new RunRejected(quote(rejectionOf(error)));
  }
  if (isCancellation(error)) {
    run.state.cancelled(id);
    throw error;
  }
}
