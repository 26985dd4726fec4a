import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  upsertMemo,
} from '@temporalio/workflow';
import { FailureType } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import { modelsOf } from '../plan/models-of.js';
import { ActivityName, type BeginInput, type BeginResult, type RunResult } from '../plan/protocol.js';
import { asksOf } from './announce.js';
import { beginInput, callBegin, callFollowReset, callRecordRun } from './calls.js';
import { isSettled, settle } from './decide.js';
import { renderDetails } from './details.js';
import { type Ending, endingOf, RunGivenUp, valueEnding } from './ending.js';
import { engineOfRefusal, faultOf } from './fault.js';
import { fitFaults, fitTable, sizeOf } from './fit-table.js';
import { followResets } from './follow-reset.js';
import { Frame } from './frame.js';
import { registerHandlers } from './handlers.js';
import { holdingFaults } from './hold.js';
import { unquoteInline } from './inline-value.js';
import { interpretBlock } from './interpret.js';
import { recordLeft } from './record-decisions.js';
import type { Run } from './run.js';
import { runExit } from './run-exit.js';
import { RunState } from './run-state.js';
import { labelRun } from './search-attributes.js';
import { showDetails } from './show-details.js';
import { Stop } from './stop.js';
import { wholeResult } from './whole-result.js';

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
  showDetails(() => detailsOf(pinned, state));
  const model = modelsOf(pinned.plan).join(', ') || undefined;
  const { environment } = pinned;
  labelRun({ pipeline: pinned.plan.pipeline, phase: 'running', plan: pinned.planHash, model, environment });
  // Earlier engines did not follow: a history of theirs has no place for it.
  if (pinned.engine >= 3) followResets(() => noteReset(pinned, state));
  const ending = bounded(await interpret(pinned, state), state);
  state.close(ending.outcome);
  await runExit(pinned, state, ending);
  await CancellationScope.nonCancellable(() => closeRun(pinned, state, ending));
  return finish(pinned, state, ending);
}

/** The run has another id from here on, by which Postgres does not know it. Nothing waits for that but the run's end. */
function noteReset(pinned: BeginResult, state: RunState): void {
  const { plan, planHash, nominalTime } = pinned;
  const { phase } = state;
  const about = {
    pipeline: plan.pipeline,
    planHash,
    params: unquoteInline(pinned.params),
    nominalTime,
    ...asksOf(state),
  };
  const faults = fitFaults(state.faults(), MAX_TABLE_BYTES);
  state.tellAnswersAgain();
  state.reset = CancellationScope.nonCancellable(() => callFollowReset({ ...about, phase, faults })).catch(() => {});
}

function detailsOf({ plan, doc = '' }: BeginResult, state: RunState): string {
  return renderDetails({
    pipeline: plan.pipeline,
    doc,
    table: state.table(),
    labelOf: (node) => state.labelOf(node),
  });
}

/** Nothing has run yet, so a refusal (unknown pipeline, wrong params) simply fails the run with its reason. */
async function begin(params: Json, state: RunState): Promise<BeginResult> {
  const input = beginInput(params);
  try {
    return await callBegin(input);
  } catch (error) {
    const fault = faultOf(ActivityName.begin, error);
    state.refusal = isCancellation(error) ? 'the run was cancelled' : fault.message;
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => closeUnbegun(input, state));
      throw error;
    }
    labelRun({ pipeline: input.pipeline, phase: 'closed', outcome: 'failed' });
    if (engineOfRefusal(error) >= 3) upsertMemo({ outcome: 'failed' });
    throw ApplicationFailure.create({ type: fault.type, message: fault.message, nonRetryable: true, details: [fault] });
  }
}

/** Nothing in the history says which engine this is: nobody has begun the run. Earlier ones left no trace of it. */
async function closeUnbegun(notBegun: BeginInput, state: RunState): Promise<void> {
  if (!patched('cancelled-before-begin')) return;
  labelRun({ pipeline: notBegun.pipeline, phase: 'closed', outcome: 'cancelled' });
  upsertMemo({ outcome: 'cancelled' });
  await callRecordRun({ phase: 'closed', outcome: 'cancelled', value: null, faults: [], notBegun }, state.localTurn);
}

async function interpret(pinned: BeginResult, state: RunState): Promise<Ending> {
  const scope = new CancellationScope();
  const stop = new Stop({ scope });
  state.stop = stop;
  const run: Run = { pinned, state, stop, faults: holdingFaults(pinned, state), interpret: interpretBlock };
  for (const node of pinned.until?.skipped ?? []) state.skipped(node);
  try {
    const value = await scope.run(() => interpretBlock(pinned.plan.block, new Frame(pinned.params), run));
    const settled = isSettled(value) ? value : await scope.run(async () => settle(value, RESULT, run));
    // Engine 1 left references to large parts in the result.
    const whole = pinned.engine < 2 ? settled : await scope.run(() => wholeResult(settled));
    return valueEnding('succeeded', whole);
  } catch (error) {
    return endingOf(stop.causeOr(error), state);
  }
}

/** What the table of nodes and faults call what the pipeline returns. */
const RESULT = 'result';
/** Temporal refuses payloads over 2 MB. */
const MAX_RESULT_BYTES = 1_000_000;
const MAX_MEMO_BYTES = 32 * 1024;
/** The result and the memo end the run in one message, which the server takes up to 4 MB. */
const MAX_TABLE_BYTES = 800_000;
const MAX_MEMO_TABLE_BYTES = 64 * 1024;

function bounded(ending: Ending, state: RunState): Ending {
  const bytes = sizeOf(ending.value);
  if (bytes <= MAX_RESULT_BYTES) return ending;
  const what = ending.outcome === 'rejected' ? 'what the run was rejected with' : "the pipeline's result";
  const message = `${what} has ${bytes} bytes; at most ${MAX_RESULT_BYTES} fit`;
  const hint = 'Return references to artifacts, or a summary.';
  const fault = { node: RESULT, type: FailureType.InvalidValue, message, hint };
  return endingOf(new RunGivenUp('failed', [fault], message), state);
}

/** Lists of runs carry every memo: large values stay in the result alone. */
function memoValue(value: Json): Json {
  return sizeOf(value) <= MAX_MEMO_BYTES ? value : null;
}

async function closeRun(pinned: BeginResult, state: RunState, ending: Ending): Promise<void> {
  labelRun({ phase: 'closed', outcome: ending.outcome });
  const { outcome, value, aborted } = ending;
  const faults = aborted ? [...ending.faults, aborted] : ending.faults;
  const result = resultOf(pinned, state, ending, MAX_MEMO_TABLE_BYTES);
  upsertMemo({ outcome, result: { ...result, value: memoValue(value) } });
  const { nodes, omitted } = result;
  const table = pinned.engine < 3 ? {} : { nodes, ...(omitted && { omitted }) };
  await recordLeft(pinned, state);
  if (state.reset) await state.reset;
  await callRecordRun(
    { phase: 'closed', outcome, value, faults, ...table, ...state.answersToRecord() },
    state.localTurn,
  );
  state.inbox.close();
  await condition(allHandlersFinished);
  await recordLeft(pinned, state);
}

function finish(pinned: BeginResult, state: RunState, ending: Ending): RunResult {
  if (ending.error !== undefined) throw ending.error;
  return resultOf(pinned, state, ending);
}

function resultOf(pinned: BeginResult, state: RunState, ending: Ending, tableBytes = MAX_TABLE_BYTES): RunResult {
  const { outcome, value } = ending;
  return { outcome, value, plan: pinned.planHash, ...fitTable(state.table(), tableBytes) };
}
