import { z } from 'zod';
import type { PipelineParts } from '../../dsl/pipeline.js';
import { quote } from '../../plan/binding.js';
import { CHUNK_ITEMS } from '../../plan/chunk.js';
import { DEFAULT_ENVIRONMENT } from '../../plan/environment.js';
import { FailureType, isPawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { planUntil } from '../../plan/part-of-plan.js';
import type { Annotations, Plan } from '../../plan/plan.js';
import {
  ActivityName,
  type BeginInput,
  type BeginResult,
  ENGINE_VERSION,
  type Fault,
  type TakenRun,
} from '../../plan/protocol.js';
import { readPlan } from '../../plan/read.js';
import type { RunRecord, RunStart, Store, StoredPlan } from '../../store/index.js';
import type { WorkerParts } from '../parts.js';
import { currentPlan } from '../runs/current-plan.js';
import { examineParams, invalidParams } from '../runs/param-problems.js';
import { findSource, takenRun } from '../runs/take-run.js';
import { clip, isOutage } from '../steps/failures.js';

/** Which run asks; from Temporal's own record of it. */
export interface RunIdentity {
  readonly workflowId: string;
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/**
 * Pins a run to the pipeline's current plan and checks its params. A run that is refused is recorded as failed.
 * @throws PawlError `UnknownPipeline` or `InvalidParams`, not retryable, before anything runs.
 */
export async function begin(input: BeginInput, run: RunIdentity, parts: WorkerParts): Promise<BeginResult> {
  try {
    return await pin(input, run, parts);
  } catch (error) {
    if (!isOutage(error)) await recordRefusal(input, run, faultFrom(error), parts.store);
    throw error;
  }
}

function faultFrom(error: unknown): Fault {
  const known = isPawlError(error) ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return {
    node: ActivityName.begin,
    type: known?.type ?? FailureType.StepFailed,
    message: clip(message),
    hint: known?.hint ?? null,
  };
}

async function recordRefusal(input: BeginInput, run: RunIdentity, fault: Fault, { runs }: Store): Promise<void> {
  await runs.start(unbegunRun(input, run));
  const error = [fault] as unknown as Json;
  await runs.close({ runId: run.runId, outcome: 'failed', error, closedAt: new Date().toISOString() });
}

/** What is known of a run before it has begun. */
export function unbegunRun({ pipeline, params, nominalTime }: BeginInput, run: RunIdentity): RunStart {
  return { ...run, pipeline, planHash: null, params, nominalTime };
}

async function pin(input: BeginInput, run: RunIdentity, parts: WorkerParts): Promise<BeginResult> {
  const published = await currentPlan(input.pipeline, parts.store);
  const whole = planOf(published, parts);
  const { store, environment } = parts;
  const source = input.from && (await findSource(input.from, { ...input, store, environment, except: run.runId }));
  const from = input.from && source && takenRun(input.from, source, whole);
  const { plan, skipped } = input.until === undefined ? { plan: whole, skipped: [] } : planUntil(whole, input.until);
  const { pipeline } = await parts.code.load(plan.code);
  const params = await checkParams(pipeline, paramsFor(pipeline, input, source));
  const { hash: planHash } = published;
  // What is taken over is for the time of its run, and so is what is added to it.
  const nominalTime = source?.nominalTime ?? input.nominalTime;
  await parts.store.runs.start({
    ...run,
    pipeline: plan.pipeline,
    planHash,
    params,
    nominalTime,
    startedAt: run.startedAt,
    origin: originOf(input, from),
  });
  const { doc } = published.annotations;
  const until = input.until !== undefined && { until: { node: input.until, skipped } };
  const part = { ...(from && { from }), ...until };
  const rare = { ...labelsOf(published.annotations), ...environmentOf(parts), ...grantsOf(parts), ...part };
  const { chunkItems = CHUNK_ITEMS } = parts;
  return { engine: ENGINE_VERSION, plan, planHash, params: quote(params), nominalTime, doc, chunkItems, ...rare };
}

function originOf({ until }: BeginInput, from: TakenRun | undefined): Json {
  if (!from && until === undefined) return null;
  const { run, runId, node = null } = from ?? {};
  return { ...(run && runId && { from: { run, runId, node } }), ...(until !== undefined && { until }) };
}

/** The environment of most runs is `dev`, which is not said. */
function environmentOf({ environment }: WorkerParts): Pick<BeginResult, 'environment'> {
  return environment === DEFAULT_ENVIRONMENT ? {} : { environment };
}

/** Pinned with the plan: a run takes decisions as it did when it began, and a replay as the run. */
function grantsOf({ grants }: WorkerParts): Pick<BeginResult, 'grants'> {
  return grants ? { grants } : {};
}

/** Only when there are any: they are in the history of every run. */
export function labelsOf({ nodes }: Annotations): Pick<BeginResult, 'labels'> {
  const labels = Object.entries(nodes).flatMap(([id, { label }]) =>
    label === undefined ? [] : [[id, label] as const],
  );
  return labels.length === 0 ? {} : { labels: Object.fromEntries(labels) };
}

/** Plans never change, so one that was read and checked once is good for every run. */
export function planOf({ hash, plan }: StoredPlan, { plans }: Pick<WorkerParts, 'plans'>): Plan {
  const known = plans.get(hash) ?? readPlan(plan);
  plans.set(hash, known);
  return known;
}

/** A schedule's firings carry no params of their own: the pipeline's function makes them from the firing time. */
function paramsFor(pipeline: PipelineParts, input: BeginInput, source: RunRecord | undefined): unknown {
  if (input.params !== null) return input.params;
  if (source) return source.params;
  if (input.scheduled && pipeline.schedule?.params) return pipeline.schedule.params(new Date(input.nominalTime));
  return {};
}

/**
 * The params with defaults filled in.
 * @throws PawlError `InvalidParams` that names every wrong one.
 */
export async function checkParams(pipeline: PipelineParts, params: unknown): Promise<Json> {
  const { value, problems } = await examineParams(pipeline, params);
  if (problems.length === 0) return value;
  throw invalidParams(pipeline.name, problems, { hint: `Its params are: ${describeParams(pipeline)}.` });
}

function describeParams(pipeline: PipelineParts): string {
  return pipeline.params instanceof z.ZodObject ? Object.keys(pipeline.params.shape).join(', ') || 'none' : 'an object';
}
