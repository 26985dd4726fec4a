import { Context } from '@temporalio/activity';
import type { Progress, StepContext } from '../../dsl/context.js';
import type { AnyStep } from '../../dsl/step.js';
import type { Json } from '../../plan/json.js';
import { queueOf, type StepTask, type StepWait } from '../../plan/protocol.js';
import { edgesOf, type LeaseOwner } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import { type Held, type PlaceOptions, takePlaces } from '../limits/take-places.js';
import type { WorkerParts } from '../parts.js';
import { cacheKey } from '../reuse/cache-key.js';
import { type Observations, observeContext } from '../reuse/observe-context.js';
import { decideReuse, offeredRecord, type ReuseAttempt, reusedRecord, reuseModeOf } from '../reuse/reuse.js';
import { watchFlight } from '../reuse/single-flight.js';
import { ranRecord, takenRecord, takeOver } from '../reuse/take-over.js';
import { WORKER_NAME } from '../worker-name.js';
import { attemptOf } from './attempt.js';
import { callStepFunction } from './call-step.js';
import { guardContext } from './guard-context.js';
import { leaveBehind } from './leave-behind.js';
import type { NodeClaim, StepDone } from './node-claim.js';
import { runOf } from './run-of.js';
import { Scratch } from './scratch.js';
import type { AttemptSecrets } from './secrets.js';
import { fullContext } from './step-context.js';
import { decodeValue, encodeValue } from './values.js';

/** All that one attempt works with. */
export interface StepWork {
  readonly task: StepTask;
  readonly claim: NodeClaim;
  readonly step: AnyStep;
  readonly code: LoadedCode;
  readonly parts: WorkerParts;
  readonly secrets: AttemptSecrets;
  readonly onProgress: (progress: Progress) => void;
  /** Let go when the attempt ends, however it does. */
  readonly held: Held;
}

/** The output of the run that this one takes over from, where there is one and it is the same work. */
export async function takeOrRun(work: StepWork): Promise<StepDone | StepWait> {
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

function ownerOf({ task, claim }: StepWork): LeaseOwner {
  const { node, generation } = task;
  const { id: workflowId, runId } = runOf(task);
  return { token: claim.token, workflowId, runId, node, generation, worker: WORKER_NAME };
}

const heartbeatMs = (): number => Context.current().info.heartbeatTimeoutMs ?? 0;

async function execute(
  { task, claim, step, code, parts, secrets, onProgress, held }: StepWork,
  shown: (context: StepContext) => StepContext,
): Promise<Json> {
  const { artifacts } = parts.store;
  const input = await decodeValue(task.input, { artifacts, definitions: code.definitions, secrets });
  const scratch = new Scratch(parts.scratch);
  const attempt = attemptOf(task, parts);
  const devices = held.devices?.ids ?? undefined;
  const { checkpoints } = claim;
  const context = fullContext({ ...attempt, store: parts.store, checkpoints, scratch, onProgress, devices });
  const call = callStepFunction(step, input, shown(guardContext(context, secrets))).finally(() => scratch.remove());
  const output = await leaveBehind(call, attempt.signal, () => {
    held.left = call;
    attempt.log.warn('the step was told to stop and did not: it is left behind, and what it puts out does not count');
  });
  secrets.refuseIn(output, `the output of step "${task.step}"`);
  return output;
}
