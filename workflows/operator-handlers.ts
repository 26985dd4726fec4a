import { defineUpdate, setHandler } from '@temporalio/workflow';
import { quote } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import { placeOf } from '../plan/place.js';
import {
  type AbortRequest,
  CODE_CHOICES,
  type GiveInput,
  type Given,
  type NodeCode,
  type PlacedStep,
  type RetryRequest,
  RunMessage,
  type SkipRequest,
} from '../plan/protocol.js';
import { suggestName } from '../plan/suggest.js';
import { answer, answerNow, askWorker } from './answer.js';
import { UNKNOWN } from './ballot.js';
import { callCurrentCode, callGive } from './calls.js';
import { RunGivenUp } from './ending.js';
import { sizeOf } from './fit-table.js';
import type { HeldStep, Hold } from './holds.js';
import { checkShape, refusal } from './request-shape.js';
import type { RunState } from './run-state.js';

const retryUpdate = defineUpdate<string, [RetryRequest | undefined]>(RunMessage.retry);
const skipUpdate = defineUpdate<string, [SkipRequest]>(RunMessage.skip);
const abortUpdate = defineUpdate<string, [AbortRequest | undefined]>(RunMessage.abort);

/** Registers what operators decide about a run. */
export function registerOperatorHandlers(state: RunState): void {
  setHandler(retryUpdate, (request) => retry(request ?? {}, state), {
    description:
      'Try a held node again. Input: {"node": "train"}, or nothing for every held node; "code": "current" runs it with ' +
      'the code its pipeline has now; "by" and "reason" are kept',
    validator: (request) => admitRetry(request ?? {}, state),
  });
  setHandler(skipUpdate, (request) => answer(() => skip(request, state)), {
    description:
      'Give a held step its output yourself. Input: {"node": "train", "value": what its output schema takes, "by": "you", ' +
      '"reason": "…"}',
    validator: (request) => admitSkip(request, state),
  });
  setHandler(abortUpdate, (request) => answerNow(() => abort(request ?? {}, state)), {
    description: 'End the run as aborted, held or not. Input: {"by": "you", "reason": "…"}',
    validator: (request) => admitAbort(request ?? {}, state),
  });
}

function retry(request: RetryRequest, state: RunState): string | Promise<string> {
  if (request.code === 'current') return answer(() => retryWithCurrentCode(request, state));
  return answerNow(() => {
    const holds = decidable(request.node, state);
    for (const hold of holds) hold.decide({ how: 'retry' });
    return `retrying ${namesOf(holds)}`;
  });
}

/** All of them or none: what cannot run with the current code is told before anything is changed. */
async function retryWithCurrentCode(request: RetryRequest, state: RunState): Promise<string> {
  const holds = decidable(request.node, state);
  const steps = holds.flatMap(({ step }) => step ?? []);
  if (steps.length === 0) throw refusal(`${namesOf(holds)}: only a step has code of its own`, FailureType.Conflict);
  const found = await whileBusy(holds, 'is being tried again with the current code', () => currentCodeOf(steps, state));
  const codes = new Map(steps.map((step, index) => [step.task.node, found[index]!]));
  if (steps.every(({ task }) => codes.get(task.node)!.planHash === task.planHash)) throw nothingNew(steps);
  for (const hold of holds) hold.decide({ how: 'retry', code: codes.get(hold.fault.node) });
  return `retrying ${namesOf(holds)} with the code of plan ${found[0]!.planHash}`;
}

function nothingNew(steps: readonly HeldStep[]): Error {
  const { planHash } = steps[0]!.task;
  const message = `what failed had the code of the pipeline's current plan already, ${planHash}`;
  return refusal(`${message}: publish the mended pipeline first, or retry without other code`, FailureType.Conflict);
}

/** In the order of the steps. Items of one map ask once. */
async function currentCodeOf(steps: readonly HeldStep[], state: RunState): Promise<readonly NodeCode[]> {
  const { plan } = state.pinned!;
  const placed = new Map<string, PlacedStep>();
  for (const { node } of steps) {
    const { id, step, input } = node;
    if (!placed.has(id)) placed.set(id, { id, step, input, around: placeOf(id, plan) ?? [] });
  }
  const input = { pipeline: plan.pipeline, steps: [...placed.values()] };
  const room = state.budget.admit(sizeOf(input));
  if (room) await room;
  const found = await askWorker('the current code was found', () =>
    state.inbox.check(() => callCurrentCode(input, WORKER_MS)),
  );
  const byId = new Map([...placed.keys()].map((id, index) => [id, found.steps[index]!]));
  return steps.map(({ node }) => byId.get(node.id)!);
}

/** How long whoever decides waits for workers, in milliseconds. */
const WORKER_MS = 120_000;

async function skip(request: SkipRequest, state: RunState): Promise<string> {
  const { hold, step } = admitSkip(request, state);
  const given: Given = { by: nameOf(request), reason: request.reason ?? '', at: new Date().toISOString() };
  const input: GiveInput = { task: step.task, value: quote(request.value), given };
  const output = await whileBusy([hold], 'is being skipped', async () => {
    const room = state.budget.admit(sizeOf(input));
    if (room) await room;
    const what = `the value for "${step.task.node}" was checked and committed`;
    return askWorker(what, () => state.inbox.check(() => callGive(input, WORKER_MS)));
  });
  hold.decide({ how: 'given', output, given });
  return `${step.task.node}: has the given output`;
}

/** Keeps others from deciding meanwhile. @throws ApplicationFailure `Conflict` when the run was ended in spite of it. */
async function whileBusy<T>(holds: readonly Hold[], what: string, work: () => Promise<T>): Promise<T> {
  for (const hold of holds) hold.busy = what;
  try {
    const result = await work();
    const ended = holds.find(({ over, decision }) => over || decision !== null);
    if (!ended) return result;
    throw refusal(`"${ended.fault.node}" is held no more: the run has been ended meanwhile`, FailureType.Conflict);
  } finally {
    for (const hold of holds) hold.busy = null;
  }
}

/** What is held ends with the fault it is held for; else whatever is at work, or about to go on, is stopped. */
function abort(request: AbortRequest, state: RunState): string {
  const holds = state.holds.all().filter(({ decision }) => decision === null);
  const why = `aborted by ${request.by?.trim() || 'an operator'}: ${request.reason ?? 'no reason given'}`;
  for (const hold of holds) hold.decide({ how: 'abort', why });
  if (holds.length === 0) state.stop?.because(new RunGivenUp('aborted', [], why));
  return 'aborting';
}

function admitRetry(request: RetryRequest, state: RunState): void {
  checkShape(request, { node: 'text?', code: 'text?', by: 'text?', reason: 'text?' });
  checkBy(request);
  const { code } = request;
  if (code !== undefined && !CODE_CHOICES.includes(code))
    throw refusal(`"code" must be ${CODE_CHOICES.join(' or ')}, not ${JSON.stringify(code)}`);
  const holds = decidable(request.node, state);
  if (code === 'current' && holds.every(({ step }) => step === null))
    throw refusal(`${namesOf(holds)}: only a step has code of its own`, FailureType.Conflict);
}

function admitSkip(request: SkipRequest, state: RunState): { hold: Hold; step: HeldStep } {
  checkShape(request, { node: 'text?', value: 'any', by: 'text?', reason: 'text?' });
  checkBy(request);
  if (request.value === undefined) throw refusal('"value" must say what the step would have put out');
  const holds = decidable(request.node, state);
  if (holds.length > 1) throw refusal(`${holds.length} nodes are held: say which with "node": ${namesOf(holds)}`);
  const { step } = holds[0]!;
  if (step) return { hold: holds[0]!, step };
  throw refusal(
    `"${holds[0]!.fault.node}" is no step: nobody but itself can say what it comes to. Retry it, or abort the run`,
    FailureType.Conflict,
  );
}

function admitAbort(request: AbortRequest, state: RunState): void {
  checkShape(request, { by: 'text?', reason: 'text?' });
  checkBy(request);
  if (state.ended) throw refusal('the run is at its end already', FailureType.Conflict);
  if (!state.stop) throw refusal('the run has not begun: cancel it instead', FailureType.Conflict);
}

/** What is held and may be decided: one node, or all that nobody else is deciding about. */
function decidable(node: string | undefined, state: RunState): readonly Hold[] {
  const all = state.holds.all();
  if (all.length === 0) throw refusal('the run is not held: there is nothing to decide', FailureType.Conflict);
  if (node === undefined) {
    const undecided = all.filter((hold) => hold.objection() === null);
    return undecided.length > 0 ? undecided : [mustBeFree(all[0]!)];
  }
  const hold = state.holds.of(node);
  if (hold) return [mustBeFree(hold)];
  const held = all.map(({ fault }) => fault.node);
  throw refusal(
    `node "${node}" is not held; held: ${held.slice(0, 10).join(', ')}${held.length > 10 ? ', …' : ''}. ${suggestName(node, held)}`,
    FailureType.Conflict,
  );
}

function mustBeFree(hold: Hold): Hold {
  const objection = hold.objection();
  if (objection === null) return hold;
  throw refusal(`"${hold.fault.node}" ${objection}`, FailureType.Conflict);
}

function checkBy({ by }: { readonly by?: string }): void {
  if (by?.trim() === '') throw refusal('"by" must say who decides');
}

function nameOf({ by = UNKNOWN }: { readonly by?: string }): string {
  return by.trim();
}

function namesOf(holds: readonly Hold[]): string {
  const names = holds.map(({ fault }) => fault.node);
  return `${names.slice(0, 10).join(', ')}${names.length > 10 ? ` and ${names.length - 10} more` : ''}`;
}
