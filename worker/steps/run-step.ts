import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Progress, StepContext, StepLog } from '../../dsl/context.js';
import type { AnyStep } from '../../dsl/step.js';
import type { Quoted } from '../../plan/binding.js';
import { describeTurn } from '../../plan/describe-turn.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import {
  type LightBatch,
  type LightBatchResult,
  queueOf,
  type StepCall,
  type StepResult,
  type StepTask,
  type StepWait,
} from '../../plan/protocol.js';
import { type CacheRecord, edgesOf, type LeaseOwner, type LineageEdge, type ReuseOrigin } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import { type Held, type PlaceOptions, takePlaces } from '../limits/take-places.js';
import type { WorkerParts } from '../parts.js';
import { cacheKey } from '../reuse/cache-key.js';
import { type Observations, observeContext } from '../reuse/observe-context.js';
import { decideReuse, offeredRecord, type ReuseAttempt, reusedRecord, reuseModeOf } from '../reuse/reuse.js';
import { isOfWork, watchFlight } from '../reuse/single-flight.js';
import { ranRecord, takenRecord, takeOver } from '../reuse/take-over.js';
import { callStepFunction } from './call-step.js';
import { claimOf, workerName } from './claim-of.js';
import { asFailure, clip, isOutage, Rejection, retryAfter, retryOutage } from './failures.js';
import { guardContext } from './guard-context.js';
import { startHeartbeat } from './heartbeat.js';
import { hideInError } from './hide-secrets.js';
import { leaveBehind } from './leave-behind.js';
import { runLightSteps } from './run-light-steps.js';
import { runOf } from './run-of.js';
import { Scratch } from './scratch.js';
import { AttemptSecrets } from './secrets.js';
import { type Attempt, fullContext, lightContext } from './step-context.js';
import { decodeValue, encodeValue } from './values.js';

/** The activity behind every step. */
export async function runStep(task: StepCall | StepTask, parts: WorkerParts): Promise<StepResult | StepWait> {
  return 'generation' in task ? runRecorded(task, parts) : runLight(task, parts);
}

/** Pure and short: its result is in the history, and running it twice does no harm. */
async function runLight(call: StepCall, parts: WorkerParts): Promise<StepResult> {
  return callLight(call, await codeOf(call, parts), parts).catch((error) => {
    throw asFailure(error, { again: false });
  });
}

/** Several at once. What does not work out is left to {@link runLight}. */
export async function runLightBatch(batch: LightBatch, parts: WorkerParts): Promise<LightBatchResult> {
  const code = await codeOf(batch, parts);
  const { pipeline, code: digest, nominalTime, run } = batch;
  return runLightSteps(batch, ({ node, step }, input) =>
    callLight({ pipeline, code: digest, nominalTime, node, step, input, run }, code, parts),
  );
}

async function codeOf({ code }: Pick<StepCall, 'code'>, parts: WorkerParts): Promise<LoadedCode> {
  return parts.code.load(code).catch((error) => {
    throw asFailure(error, { again: false });
  });
}

async function callLight(call: StepCall, code: LoadedCode, parts: WorkerParts): Promise<StepResult> {
  const secrets = new AttemptSecrets();
  const { artifacts } = parts.store;
  try {
    const started = performance.now();
    const input = await decodeValue(call.input, { artifacts, definitions: code.definitions, secrets });
    const context = guardContext(lightContext(attemptOf(call, parts)), secrets);
    const output = await callStepFunction(stepNamed(call.step, code), input, context);
    secrets.refuseIn(output, `the output of step "${call.step}"`);
    return { output: await encodeValue(output, artifacts), ms: Math.round(performance.now() - started) };
  } catch (error) {
    throw hideInError(error, secrets);
  }
}

/** Claims the node, runs the function, commits its output once; a later attempt returns what is committed. */
async function runRecorded(task: StepTask, parts: WorkerParts): Promise<StepResult | StepWait> {
  const heartbeat = startHeartbeat();
  try {
    const claim = await parts.store.journal.claim(claimOf(task, Context.current().info));
    if (claim.state === 'committed') return { output: claim.output, ms: 0, ...reusedFrom(claim.reusedFrom) };
    refuseUsedUp(task, claim.failures);
    return await runClaimed(task, claim.token, parts, heartbeat.progress);
  } catch (error) {
    throw asFailure(error, retryOutage(error, Context.current().info.attempt));
  } finally {
    heartbeat.stop();
  }
}

/** Attempts that failed and those that were cut off count together; only here both numbers are known. */
function refuseUsedUp({ step, cutOff = 0, retry }: StepTask, failures: number): void {
  if (cutOff === 0 || failures + cutOff < retry.attempts) return;
  const message = `no attempt of step "${step}" was successful: ${failures} failed, ${cutOff} took longer than the time limit`;
  throw new PawlError(FailureType.StepFailed, message, {
    hint: 'Give the step a longer `timeout`, or find what it waits for; then retry the run.',
    retryable: false,
  });
}

async function runClaimed(
  task: StepTask,
  token: string,
  parts: WorkerParts,
  onProgress: (progress: Progress) => void,
): Promise<StepResult | StepWait> {
  const started = performance.now();
  const key = { runId: runOf(task).runId, node: task.node, generation: task.generation };
  const secrets = new AttemptSecrets();
  const held: Held = { leases: [], devices: null };
  try {
    const code = await parts.code.load(task.code);
    const work: StepWork = { task, token, step: stepNamed(task.step, code), code, parts, secrets, onProgress, held };
    const done = await takeOrRun(work);
    if ('wait' in done) {
      await parts.store.journal.noteWait(key, token, describeTurn(done.wait.why));
      return done;
    }
    const { output, lineage, cache } = done;
    const claim = claimOf(task, Context.current().info);
    await parts.store.journal.commit({ key, token, output, claim, lineage, cache });
    return { output, ms: Math.round(performance.now() - started), ...reusedFrom(cache?.from ?? null) };
  } catch (thrown) {
    if (Context.current().cancellationSignal.aborted) throw stoppedFailure(task);
    const error = hideInError(thrown, secrets);
    if (isOutage(error) || error instanceof Rejection) throw error;
    const failures = await parts.store.journal.recordFailure({ key, token, error: describe(error) });
    throw asFailure(error, retryAfter(error, failures + (task.cutOff ?? 0), task.retry));
  } finally {
    const release = async (): Promise<void> => {
      held.devices?.release();
      await parts.leases.release(held.leases);
    };
    if (held.left) {
      // It still uses what it was given, but nobody needs to wait for what it puts out.
      void held.left.then(release, release);
      await parts.leases.release(held.leases.filter(isOfWork));
    } else await release();
  }
}

function reusedFrom(origin: ReuseOrigin | null): Pick<StepResult, 'reused'> {
  return origin ? { reused: { run: origin.run, node: origin.node } } : {};
}

/** All that one attempt works with. */
interface StepWork {
  readonly task: StepTask;
  readonly token: string;
  readonly step: AnyStep;
  readonly code: LoadedCode;
  readonly parts: WorkerParts;
  readonly secrets: AttemptSecrets;
  readonly onProgress: (progress: Progress) => void;
  /** Let go when the attempt ends, however it does. */
  readonly held: Held;
}

/** What an attempt commits. */
interface StepDone {
  readonly output: Quoted;
  readonly lineage: readonly LineageEdge[];
  readonly cache?: CacheRecord;
}

/** The output of the run that this one takes over from, where there is one and it is the same work. */
async function takeOrRun(work: StepWork): Promise<StepDone | StepWait> {
  const { task, code, parts } = work;
  const { store } = parts;
  const { taken, reason } = task.from ? await takeOver(task, task.from, store) : NOTHING_TO_TAKE;
  if (taken) {
    const lineage = [...edgesOf('in', task.input), ...taken.lineage];
    return { output: taken.entry.output, lineage, cache: await takenRecord(task, taken, reason, code, store) };
  }
  if (reuseModeOf(task, parts) !== 'off') return runOrReuse(work);
  const done = await runPlainly(work);
  return task.from && !('wait' in done) ? { ...done, cache: await ranRecord(task, reason, code, store) } : done;
}

const NOTHING_TO_TAKE = { taken: null, reason: '' };

async function runPlainly(work: StepWork): Promise<StepDone | StepWait> {
  const { task, parts } = work;
  const wait = await takePlaces(placeOptionsOf(work), parts);
  if (wait) return wait;
  const output = await execute(work, (context) => context);
  const lineage = [...edgesOf('in', task.input), ...edgesOf('out', output)];
  return { output: await encodeValue(output, parts.store.artifacts), lineage };
}

async function runOrReuse(work: StepWork): Promise<StepDone | StepWait> {
  const { task, parts } = work;
  const decision = await decideReuse(reuseAttemptOf(work), parts);
  if ('wait' in decision) return decision;
  const { found, lease } = decision;
  if (found) {
    const lineage = [...edgesOf('in', task.input), ...found.lineage];
    return { output: found.offer.output, lineage, cache: reusedRecord(decision, found) };
  }
  if (lease) work.held.leases.push(lease);
  const wait = await takePlaces(placeOptionsOf(work), parts);
  if (wait) return wait;
  const seen: Observations = { seed: null, reads: [], refused: null };
  const on = lease ? watchFlight(lease, { key: cacheKey(decision.parts) }, parts.leases) : undefined;
  const output = await execute(work, (context) => observeContext(context, seen, on));
  const lineage = [...edgesOf('in', task.input), ...edgesOf('out', output)];
  return {
    output: await encodeValue(output, parts.store.artifacts),
    lineage,
    cache: offeredRecord(decision, seen),
  };
}

function reuseAttemptOf(work: StepWork): ReuseAttempt {
  const { task, code, step, parts } = work;
  return { task, code, step, attempt: attemptOf(task, parts), owner: ownerOf(work), heartbeatMs: heartbeatMs() };
}

function placeOptionsOf(work: StepWork): PlaceOptions {
  const { task, held, parts } = work;
  const { taskQueue, priority } = Context.current().info;
  return {
    task,
    held,
    owner: ownerOf(work),
    heartbeatMs: heartbeatMs(),
    queue: queueOf(parts.taskQueue, taskQueue),
    priority: priority?.priorityKey ?? 3,
  };
}

function ownerOf({ task, token }: StepWork): LeaseOwner {
  const { node, generation } = task;
  const { id: workflowId, runId } = runOf(task);
  return { token, workflowId, runId, node, generation, worker: workerName() };
}

const heartbeatMs = (): number => Context.current().info.heartbeatTimeoutMs ?? 0;

async function execute(
  { task, token, step, code, parts, secrets, onProgress, held }: StepWork,
  shown: (context: StepContext) => StepContext,
): Promise<Json> {
  const { artifacts } = parts.store;
  const input = await decodeValue(task.input, { artifacts, definitions: code.definitions, secrets });
  const scratch = new Scratch(parts.scratch);
  const attempt = attemptOf(task, parts);
  const checkpoints = parts.store.checkpoints({
    runId: attempt.run.runId,
    node: task.node,
    generation: task.generation,
    token,
  });
  const devices = held.devices?.ids ?? undefined;
  const context = fullContext({ ...attempt, store: parts.store, checkpoints, scratch, onProgress, devices });
  const call = callStepFunction(step, input, shown(guardContext(context, secrets))).finally(() => scratch.remove());
  const output = await leaveBehind(call, attempt.signal, () => {
    held.left = call;
    attempt.log.warn('the step was told to stop and did not: it is left behind, and what it puts out does not count');
  });
  secrets.refuseIn(output, `the output of step "${task.step}"`);
  return output;
}

/** A worker that shuts down leaves its attempt to the next one; anything else that stops an attempt is final. */
function stoppedFailure(task: StepTask): Error {
  if (Context.current().cancellationDetails?.workerShutdown !== true)
    return new CancelledFailure(`step "${task.step}" stopped`);
  return ApplicationFailure.create({
    type: FailureType.WorkerStopped,
    message: 'the worker was stopped; another attempt takes over',
    nextRetryDelay: 100,
  });
}

function stepNamed(name: string, code: LoadedCode): AnyStep {
  const step = code.steps.get(name);
  if (step) return step;
  throw new PawlError(FailureType.InvalidPlan, `the run's code has no step "${name}"`, {
    hint: 'The plan and its code bundle do not belong together: publish the pipeline again.',
    retryable: false,
  });
}

function attemptOf(call: StepCall, { environment }: WorkerParts): Attempt {
  const { cancellationSignal, log } = Context.current();
  return {
    run: { ...runOf(call), pipeline: call.pipeline, nominalTime: call.nominalTime, environment },
    node: call.node,
    signal: cancellationSignal,
    log: stepLog(log, call.node),
  };
}

function stepLog(log: Context['log'], node: string): StepLog {
  return {
    info: (message, details) => log.info(message, { node, ...details }),
    warn: (message, details) => log.warn(message, { node, ...details }),
  };
}

function describe(error: unknown): Json {
  return error instanceof Error
    ? { name: error.name, message: clip(error.message), stack: clip(error.stack ?? '') }
    : { message: clip(String(error)) };
}
