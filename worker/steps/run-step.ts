import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Progress } from '../../dsl/context.js';
import { describeTurn } from '../../plan/describe-turn.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { queueOf, type StepCall, type StepResult, type StepTask, type StepWait } from '../../plan/protocol.js';
import type { ReuseOrigin } from '../../store/index.js';
import { type Held, needsPlace } from '../limits/take-places.js';
import type { WorkerParts } from '../parts.js';
import { reuseModeOf } from '../reuse/reuse.js';
import { isOfWork } from '../reuse/single-flight.js';
import { claimOf } from './claim-of.js';
import { asFailure, clip, isOutage, Rejection, retryAfter, retryOutage } from './failures.js';
import { startHeartbeat } from './heartbeat.js';
import { hideInError } from './hide-secrets.js';
import { type CommittedNode, NodeClaim } from './node-claim.js';
import { runLight } from './run-light.js';
import { AttemptSecrets } from './secrets.js';
import { stepNamed } from './step-named.js';
import { type StepWork, takeOrRun } from './step-work.js';

/** The activity behind every step. */
export async function runStep(task: StepCall | StepTask, parts: WorkerParts): Promise<StepResult | StepWait> {
  return 'generation' in task ? runRecorded(task, parts) : runLight(task, parts);
}

/** Claims the node, runs the function, commits its output once; a later attempt returns what is committed. */
async function runRecorded(task: StepTask, parts: WorkerParts): Promise<StepResult | StepWait> {
  const heartbeat = startHeartbeat();
  try {
    const claim = await claimNode(task, parts);
    if ('output' in claim) return { output: claim.output, ms: 0, ...reusedFrom(claim.reusedFrom) };
    refuseUsedUp(task, claim.failures);
    return await runClaimed(task, claim, parts, heartbeat.progress);
  } catch (error) {
    throw asFailure(error, retryOutage(error, Context.current().info.attempt));
  } finally {
    heartbeat.stop();
  }
}

async function claimNode(task: StepTask, parts: WorkerParts): Promise<NodeClaim | CommittedNode> {
  const options = claimOf(task, Context.current().info);
  return mayClaimLater(task, parts) ? NodeClaim.later(options, parts.store) : NodeClaim.take(options, parts.store);
}

/**
 * Whether this is the first attempt at the node, and nothing asks who owns it before its function runs. An item of a
 * large map may have been committed by a workflow that was lost.
 */
function mayClaimLater(task: StepTask, parts: WorkerParts): boolean {
  const { attempt, taskQueue } = Context.current().info;
  const isFirst = attempt === 1 && task.cutOff === undefined && task.waitedMs === undefined && !task.run;
  return (
    isFirst &&
    !task.from &&
    reuseModeOf(task, parts) === 'off' &&
    !needsPlace(task, queueOf(parts.taskQueue, taskQueue), parts)
  );
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
  claim: NodeClaim,
  parts: WorkerParts,
  onProgress: (progress: Progress) => void,
): Promise<StepResult | StepWait> {
  const started = performance.now();
  const secrets = new AttemptSecrets();
  const held: Held = { leases: [], devices: null };
  try {
    const code = await parts.code.load(task.code);
    const work: StepWork = { task, claim, step: stepNamed(task.step, code), code, parts, secrets, onProgress, held };
    const done = await takeOrRun(work);
    if ('wait' in done) {
      await claim.noteWait(describeTurn(done.wait.why));
      return done;
    }
    await claim.commit(done);
    const ms = Math.round(performance.now() - started);
    return { output: done.output, ms, ...reusedFrom(done.cache?.from ?? null) };
  } catch (thrown) {
    if (Context.current().cancellationSignal.aborted) throw stoppedFailure(task);
    const error = hideInError(thrown, secrets);
    if (isOutage(error)) throw error;
    if (error instanceof Rejection) {
      // Operators ask what it was that was rejected.
      await claim.make();
      throw error;
    }
    const failures = await claim.recordFailure(describe(error));
    throw asFailure(error, retryAfter(error, failures + (task.cutOff ?? 0), task.retry));
  } finally {
    claim.leave();
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

function describe(error: unknown): Json {
  return error instanceof Error
    ? { name: error.name, message: clip(error.message), stack: clip(error.stack ?? '') }
    : { message: clip(String(error)) };
}
