import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  upsertMemo,
} from '@temporalio/workflow';
import { FailureType } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import { modelsOf } from '../plan/models-of.js';
import { ActivityName, type BeginResult, type RunResult } from '../plan/protocol.js';
import { callBegin, callRecordRun } from './calls.js';
import { renderDetails } from './details.js';
import { type Ending, endingOf, RunGivenUp } from './ending.js';
import { faultOf } from './fault.js';
import { Frame } from './frame.js';
import { registerHandlers } from './handlers.js';
import { unquoteInline } from './inline-value.js';
import { interpretBlock } from './interpret.js';
import type { Run } from './run.js';
import { RunState } from './run-state.js';
import { labelRun } from './search-attributes.js';
import { showDetails } from './show-details.js';
import { Stop } from './stop.js';

/** Interprets the current plan of the pipeline that the workflow type names. The argument is the params, if any. */
export async function runPipeline(params?: Json): Promise<RunResult> {
  const state = new RunState();
  registerHandlers(state);
  try {
    return await runGuarded(params, state);
  } catch (error) {
    // Anything but a Temporal failure would retry the workflow task for ever.
    if (error instanceof ApplicationFailure || isCancellation(error)) throw error;
    throw ApplicationFailure.create({
      type: FailureType.Internal,
      message: `a bug in Pawl: ${String(error)}`,
      nonRetryable: true,
    });
  }
}

async function runGuarded(params: Json | undefined, state: RunState): Promise<RunResult> {
  const pinned = await begin(params ?? null, state);
  state.pinned = pinned;
  showDetails(() => renderDetails({ pipeline: pinned.plan.pipeline, doc: pinned.doc ?? '', table: state.table() }));
  const model = modelsOf(pinned.plan).join(', ') || undefined;
  labelRun({ pipeline: pinned.plan.pipeline, phase: 'running', plan: pinned.planHash, model });
  const ending = await interpret(pinned, state);
  await CancellationScope.nonCancellable(() => closeRun(pinned, state, ending));
  return finish(pinned, state, ending);
}

/** Nothing has run yet, so a refusal (unknown pipeline, wrong params) simply fails the run with its reason. */
async function begin(params: Json, state: RunState): Promise<BeginResult> {
  try {
    return await callBegin(params);
  } catch (error) {
    const fault = faultOf(ActivityName.begin, error);
    state.refusal = isCancellation(error) ? 'the run was cancelled' : fault.message;
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    if (isCancellation(error)) throw error;
    labelRun({ phase: 'closed', outcome: 'failed' });
    throw ApplicationFailure.create({ type: fault.type, message: fault.message, nonRetryable: true, details: [fault] });
  }
}

async function interpret(pinned: BeginResult, state: RunState): Promise<Ending> {
  const scope = new CancellationScope();
  const stop = new Stop(scope);
  try {
    const run: Run = { pinned, state, stop, interpret: (block, frame) => interpretBlock(block, frame, run) };
    const value = await scope.run(() => run.interpret(pinned.plan.block, new Frame(pinned.params)));
    return { outcome: 'succeeded', value: boundedResult(unquoteInline(value)), faults: [] };
  } catch (error) {
    return endingOf(stop.causeOr(error), state);
  }
}

/** Temporal refuses payloads over 2 MB. */
const MAX_RESULT_BYTES = 1_000_000;
const MAX_MEMO_BYTES = 32 * 1024;

function boundedResult(value: Json): Json {
  const bytes = JSON.stringify(value).length;
  if (bytes <= MAX_RESULT_BYTES) return value;
  const message = `the pipeline's result has ${bytes} characters; at most ${MAX_RESULT_BYTES} fit`;
  const hint = 'Return references to artifacts, or a summary.';
  throw new RunGivenUp('failed', [{ node: 'result', type: FailureType.InvalidValue, message, hint }], message);
}

/** Lists of runs carry every memo: large values stay in the result alone. */
function memoValue(value: Json): Json {
  return JSON.stringify(value).length <= MAX_MEMO_BYTES ? value : null;
}

async function closeRun(pinned: BeginResult, state: RunState, ending: Ending): Promise<void> {
  state.close(ending.outcome);
  labelRun({ phase: 'closed', outcome: ending.outcome });
  upsertMemo({
    outcome: ending.outcome,
    result: { ...resultOf(pinned, state, ending), value: memoValue(ending.value) },
  });
  await callRecordRun({ phase: 'closed', outcome: ending.outcome, value: ending.value, faults: ending.faults });
  state.inbox.close();
  await condition(allHandlersFinished);
}

function finish(pinned: BeginResult, state: RunState, ending: Ending): RunResult {
  if (ending.error !== undefined) throw ending.error;
  return resultOf(pinned, state, ending);
}

function resultOf(pinned: BeginResult, state: RunState, ending: Ending): RunResult {
  return { outcome: ending.outcome, value: ending.value, plan: pinned.planHash, nodes: state.table() };
}
