import { codeNamesIn, type Quoted } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { StepNode } from '../plan/plan.js';
import type { Fault, NodeCode, StepCall, StepTask } from '../plan/protocol.js';
import { cacheModeOf } from './cache-mode.js';
import type { Run } from './run.js';
import type { Turn } from './turn.js';

/** A step at its place in a run, with what it is given. */
export interface StepInRun {
  readonly node: StepNode;
  /** Id of its node in the run. */
  readonly id: string;
  readonly call: StepCall;
  readonly bytes: number;
  readonly run: Run;
  readonly label: string | undefined;
}

/** How far the work of a step on the task queue is. */
export interface Work {
  code: NodeCode;
  /** How often an operator had it begin anew. */
  generation: number;
  /** Attempts in a row that were cut off by their time limit, and for how many of them there was a pause. */
  cutOff: number;
  paused: number;
  /** Set once it has to wait until it may begin. */
  turn: Turn | undefined;
}

/** Temporal refuses inputs over 2 MB, and ends the run for it. */
export const MAX_INPUT_BYTES = 1_500_000;

export function tooLarge(node: string, bytes: number): Fault {
  const message = `the input of "${node}" has ${bytes} bytes; at most ${MAX_INPUT_BYTES} travel through a history`;
  const hint = 'Let the steps before it return less, or keep the data in an artifact and pass its reference.';
  return { node, type: FailureType.InvalidValue, message, hint };
}

export function callOf(node: StepNode, id: string, input: Quoted, { pinned, of }: Run): StepCall {
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

/** Nothing has been done, but in a chunk that was lost. */
export function workOf({ id, node, run }: StepInRun): Work {
  const { times = 0, code } = run.state.restarts[id] ?? {};
  if (code) run.state.runsCodeOf(id, code.planHash);
  return { code: code ?? codeOf(node, run), generation: times, cutOff: 0, paused: 0, turn: undefined };
}

/** The code that the run is pinned to. */
function codeOf({ fingerprint, options }: StepNode, { pinned }: Run): NodeCode {
  return { planHash: pinned.planHash, code: pinned.plan.code, fingerprint, options };
}

export function taskOf({ node, call }: StepInRun, { code: own, generation }: Work): StepTask {
  const { planHash, code, fingerprint, options } = own;
  const cache = options.light ? undefined : cacheModeOf(options.cache);
  const reuse = cache && { cache, covers: codeNamesIn(node.input) };
  return { ...call, code, planHash, generation, fingerprint, retry: options.retry, ...reuse };
}

/** What a worker is asked. */
export function askOf(step: StepInRun, work: Work): StepTask {
  const { code, generation, cutOff, turn } = work;
  return {
    ...taskOf(step, work),
    ...turnOf(code.options, step.run),
    ...(generation === 0 && fromOf(step.node, step.run)),
    ...(cutOff > 0 && { cutOff }),
    ...(turn && { waitedMs: turn.waitedMs }),
  };
}

/** What a worker has to know to decide whether the step may begin. */
function turnOf({ limit, gpu, queue }: StepNode['options'], { pinned }: Run): Partial<StepTask> {
  if (pinned.engine < 3) return {};
  const devices = gpu ?? (queue === 'gpu' ? 1 : undefined);
  return { mayWait: true, ...(limit !== undefined && { limit }), ...(devices !== undefined && { gpu: devices }) };
}
