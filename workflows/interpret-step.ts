import { isCancellation, sleep } from '@temporalio/workflow';
import { codeNamesIn, type Quoted, quote, resolveBinding } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { Block, RetryPlan, StepNode } from '../plan/plan.js';
import type { Fault, NodeCode, StepCall, StepTask } from '../plan/protocol.js';
import { endIfStopped } from './budget.js';
import { cacheModeOf } from './cache-mode.js';
import { callLightStep, callStep } from './calls.js';
import { RunRejected } from './ending.js';
import { faultOf, isCutOff, isRejection, rejectionOf } from './fault.js';
import { sizeOf } from './fit-table.js';
import type { Frame } from './frame.js';
import { resultAhead } from './light-ahead.js';
import type { Run } from './run.js';
import { summaryOf } from './summary.js';
import type { Turn } from './turn.js';
import { isWait, waitForTurn } from './wait-for-turn.js';

/**
 * Runs a step until it has an output. A light step that does not work out beside the workflow goes through the task
 * queue, where there is time, a journal and retries. A fault there holds the run, and an operator's retry begins a new
 * generation.
 */
export async function interpretStep(node: StepNode, frame: Frame, run: Run, block: Block): Promise<Quoted> {
  const id = frame.rename(node.id);
  const call = callOf(node, id, resolveBinding(node.input, frame), run);
  const { budget } = run.state;
  const bytes = sizeOf(call);
  if (bytes > MAX_INPUT_BYTES) throw run.faults.refuse(tooLarge(id, bytes));
  let code = codeOf(node, run);
  let light = node.options.light;
  let generation = 0;
  let cutOff = 0;
  let paused = 0;
  let turn: Turn | undefined;
  const label = run.pinned.labels?.[node.id];
  run.state.started(id);
  if (light && run.pinned.engine >= 3) {
    const ahead = await resultAhead(node, frame, run, block);
    if (ahead) {
      run.state.finishedAhead(id, ahead.ms);
      return ahead.output;
    }
    light = false;
  }
  for (;;) {
    try {
      if (cutOff > paused) {
        paused = cutOff;
        await pauseAfter(cutOff, id, code.options.retry);
      }
      const room = budget.admit(bytes);
      if (room) {
        await room;
        endIfStopped();
      }
      const result = await (light
        ? callLightStep(call, label)
        : callStep(
            {
              ...taskOf(node, call, code, generation),
              ...turnOf(code.options, run),
              ...(generation === 0 && fromOf(node, run)),
              ...(cutOff > 0 && { cutOff }),
              ...(turn && { waitedMs: turn.waitedMs }),
            },
            code.options,
            label,
          ));
      if (isWait(result)) {
        turn ??= run.state.turns.next(code.options.priority);
        await waitForTurn(id, result, turn, run);
        run.state.started(id);
        continue;
      }
      turn?.leave();
      const breath = light ? budget.spent(result.ms, sizeOf(result)) : undefined;
      if (breath) {
        await breath;
        endIfStopped();
      }
      run.state.finished(id, result.reused);
      return result.output;
    } catch (error) {
      turn?.leave();
      endIfDecided(id, error, run);
      if (light) {
        light = false;
        continue;
      }
      if (isCutOff(error) && cutOff + 1 < code.options.retry.attempts) {
        cutOff += 1;
        continue;
      }
      const next = await run.faults.hold(faultOf(id, error), { node, task: taskOf(node, call, code, generation) });
      if (next.how === 'given') {
        run.state.given(id, next.given);
        return next.output;
      }
      if (next.code) {
        code = next.code;
        run.state.runsCodeOf(id, code.planHash);
      }
      cutOff = 0;
      paused = 0;
      turn = undefined;
      generation += 1;
      run.state.started(id);
    }
  }
}

/** The author's pause before another attempt; the worker makes it itself where an attempt failed. */
async function pauseAfter(failures: number, id: string, { backoffMs, factor }: RetryPlan): Promise<void> {
  const ms = Math.min(backoffMs * factor ** (failures - 1), LONGEST_PAUSE_MS);
  await sleep(Math.max(1, Math.round(ms)), { summary: summaryOf(`before another attempt: ${id}`) });
}

const LONGEST_PAUSE_MS = 365 * 86_400_000;

/** Temporal refuses inputs over 2 MB, and ends the run for it. */
const MAX_INPUT_BYTES = 1_500_000;

function tooLarge(node: string, bytes: number): Fault {
  const message = `the input of "${node}" has ${bytes} bytes; at most ${MAX_INPUT_BYTES} travel through a history`;
  const hint = 'Let the steps before it return less, or keep the data in an artifact and pass its reference.';
  return { node, type: FailureType.InvalidValue, message, hint };
}

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

function callOf(node: StepNode, id: string, input: Quoted, { pinned, of }: Run): StepCall {
  const { plan, nominalTime } = pinned;
  const { pipeline, code } = plan;
  return { pipeline, code, node: id, step: node.step, input, nominalTime, ...(of && { run: of }) };
}

/** What the node takes over, if the run takes anything over. */
function fromOf({ id, input }: StepNode, { pinned: { from } }: Run): Pick<StepTask, 'from' | 'covers'> {
  if (!from) return {};
  const { run, runId, node } = from;
  const anew = node !== undefined && from.anew.includes(id) ? { anew: node } : {};
  return { from: { run, runId, ...anew }, covers: codeNamesIn(input) };
}

/** The code that the run is pinned to. */
function codeOf({ fingerprint, options }: StepNode, { pinned }: Run): NodeCode {
  return { planHash: pinned.planHash, code: pinned.plan.code, fingerprint, options };
}

function taskOf(node: StepNode, call: StepCall, own: NodeCode, generation: number): StepTask {
  const { planHash, code, fingerprint, options } = own;
  const cache = options.light ? undefined : cacheModeOf(options.cache);
  const reuse = cache && { cache, covers: codeNamesIn(node.input) };
  return { ...call, code, planHash, generation, fingerprint, retry: options.retry, ...reuse };
}

/** What a worker has to know to decide whether the step may begin. */
function turnOf({ limit, gpu, queue }: StepNode['options'], { pinned }: Run): Partial<StepTask> {
  if (pinned.engine < 3) return {};
  const devices = gpu ?? (queue === 'gpu' ? 1 : undefined);
  return { mayWait: true, ...(limit !== undefined && { limit }), ...(devices !== undefined && { gpu: devices }) };
}
