import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Quoted } from '../plan/binding.js';
import type { Digest } from '../plan/canonical.js';
import type {
  BeginChunkInput,
  BeginChunkResult,
  ChunkItemsInput,
  ChunkItemsResult,
  JoinChunksInput,
} from '../plan/chunk.js';
import type { Json } from '../plan/json.js';
import type { StepNodeOptions } from '../plan/plan.js';
import {
  ActivityName,
  type Alert,
  type BeginInput,
  type BeginResult,
  type CheckInput,
  type CurrentCode,
  type CurrentCodeInput,
  type DecisionRecord,
  type FollowResetInput,
  FROM_MEMO,
  type FromRun,
  type GiveInput,
  type GrantProof,
  type LightBatch,
  type LightBatchResult,
  type RecordRunInput,
  type StepCall,
  type StepResult,
  type StepTask,
  type StepWait,
  taskQueueOf,
  UNTIL_MEMO,
  type VerifyGrantInput,
} from '../plan/protocol.js';
import { isRefusal } from './fault.js';
import type { LocalTurn } from './local-turn.js';
import { summaryOf } from './summary.js';

/** How long lost workers and unreachable stores are waited for beyond a step's own time. */
const OUTAGE_MS = 3_600_000;
/** After so long without a sign of life the worker counts as lost, and another one is asked. */
const SILENCE_MS = 10_000;
/** A light step's whole time; what needs longer goes through the task queue. */
const LIGHT_MS = 1000;
/** News that is older than this helps nobody. */
const ALERT_MS = 3_600_000;
/** Temporal takes no time limits of centuries. */
const LONGEST_MS = 10 * 365 * 86_400_000;
/** Retries of what is not the author's fault: lost workers, outages. Attempts are limited by time alone. */
const OUTAGE_RETRY = { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 10_000 } as const;

/** How Temporal's retry policies name an attempt whose time is over: the interpreter counts those itself. */
const CUT_OFF = 'TemporalTimeout:StartToClose';

/** Somebody waits for the answer: what a killed worker was at goes to another one soon, in milliseconds. */
const DECIDE_MS = 15_000;

type Activities = Record<string, (input: unknown) => Promise<unknown>>;

const own = (summary: string, totalMs: number, attemptMs = 60_000): Activities =>
  proxyActivities<Activities>({
    startToCloseTimeout: attemptMs,
    scheduleToCloseTimeout: totalMs,
    retry: OUTAGE_RETRY,
    summary,
  });

/** For lists of any length: time says nothing about whether its worker is alive, heartbeats do. */
const ownLong = (summary: string): Activities =>
  proxyActivities<Activities>({
    startToCloseTimeout: OUTAGE_MS,
    scheduleToCloseTimeout: OUTAGE_MS,
    heartbeatTimeout: SILENCE_MS,
    retry: OUTAGE_RETRY,
    summary,
  });

const ownLocal = (summary: string): Activities =>
  proxyLocalActivities<Activities>({
    startToCloseTimeout: LIGHT_MS,
    scheduleToCloseTimeout: LIGHT_MS,
    retry: { maximumAttempts: 1 },
    summary,
  });

/** What the run was started with. @param params `null` when it was started without any. */
export function beginInput(params: Json): BeginInput {
  const info = workflowInfo();
  const fired = info.typedSearchAttributes.get(defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME'));
  return {
    pipeline: info.workflowType,
    params,
    nominalTime: (fired ?? info.startTime).toISOString(),
    scheduled: fired !== undefined,
    ...(info.firstExecutionRunId !== info.runId && { again: true }),
    ...(info.memo?.[FROM_MEMO] !== undefined && { from: info.memo[FROM_MEMO] as FromRun }),
    ...(info.memo?.[UNTIL_MEMO] !== undefined && { until: info.memo[UNTIL_MEMO] as string }),
  };
}

/** Pins the run to a plan. A remote activity: only its recorded result survives a kill at any moment. */
export async function callBegin(input: BeginInput): Promise<BeginResult> {
  return (await own('pin the plan, check the params', OUTAGE_MS)[ActivityName.begin]!(input)) as BeginResult;
}

/**
 * Brings Postgres' projection up to date: beside the workflow if that works at once, else through the queue. Histories
 * are the truth, so after a minute the run goes on without it.
 */
export async function callRecordRun(input: RecordRunInput, turn: LocalTurn): Promise<void> {
  const summary = `record: ${input.outcome ?? input.phase}`;
  const ways = [
    () => turn.run(() => ownLocal(summary)[ActivityName.recordRun]!(input)),
    () => own(summary, LIGHT_MS * 60)[ActivityName.recordRun]!(input),
  ];
  for (const record of ways) {
    try {
      await record();
      return;
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }
}

/** Tells people, if their environment says where. Nothing waits for it, and the run goes on if it cannot be sent. */
export function sendAlert(alert: Alert): void {
  const call = own(`alert: ${alert.kind}`, ALERT_MS)[ActivityName.alert]!;
  void CancellationScope.nonCancellable(() => call(alert)).catch(() => undefined);
}

/** Gives a run that was reset its place in Postgres. */
export async function callFollowReset(input: FollowResetInput): Promise<void> {
  await own('record: reset', OUTAGE_MS)[ActivityName.followReset]!(input);
}

/** The content of a value that is not in the history. */
export async function callRead(value: Quoted): Promise<Quoted> {
  return (await own('read what decides', OUTAGE_MS)[ActivityName.read]!(value)) as Quoted;
}

/** Whether a value that is not in the history is `null`. */
export async function callIsNull(value: Quoted): Promise<boolean> {
  return (await own('look whether it is there', OUTAGE_MS)[ActivityName.isNull]!(value)) as boolean;
}

/** The items of a list that is long, or not in the history. */
export async function callChunkItems(input: ChunkItemsInput): Promise<ChunkItemsResult> {
  return (await ownLong('read the list, check the keys')[ActivityName.chunkItems]!(input)) as ChunkItemsResult;
}

/** What a chunk of a map begins with. */
export async function callBeginChunk(input: BeginChunkInput): Promise<BeginChunkResult> {
  return (await own('take the items', OUTAGE_MS)[ActivityName.beginChunk]!(input)) as BeginChunkResult;
}

/** Puts a value of the history into an artifact, in its notation. */
export async function callKeep(value: Quoted, what: string): Promise<Digest> {
  return (await own(`keep ${what}`, OUTAGE_MS)[ActivityName.keep]!(value)) as Digest;
}

/** One list of what chunks came to. */
export async function callJoinChunks(input: JoinChunksInput): Promise<Quoted> {
  return (await ownLong('join the results')[ActivityName.joinChunks]!(input)) as Quoted;
}

/** A value, checked by a schema of the run's code. @param totalMs how long an outage is waited for. */
export async function callCheck(input: CheckInput, totalMs = OUTAGE_MS): Promise<Quoted> {
  return (await own(`check: ${input.schema}`, totalMs)[ActivityName.check]!(input)) as Quoted;
}

/** The code that steps have in their pipeline's current plan. @param totalMs how long an outage is waited for. */
export async function callCurrentCode(input: CurrentCodeInput, totalMs: number): Promise<CurrentCode> {
  return (await own('find the current code', totalMs, DECIDE_MS)[ActivityName.currentCode]!(input)) as CurrentCode;
}

/** Commits what an operator gives in place of a step's output. @param totalMs how long an outage is waited for. */
export async function callGive(input: GiveInput, totalMs: number): Promise<Quoted> {
  const summary = summaryOf(`given by ${input.given.by}: ${input.task.node}`);
  return (await own(summary, totalMs, DECIDE_MS)[ActivityName.give]!(input)) as Quoted;
}

/** As `callCheck`, beside the workflow if that works at once, else through the queue. */
export async function callQuickCheck(input: CheckInput, turn: LocalTurn): Promise<Quoted> {
  try {
    // As with a light step: cancelling it in the moment it begins confuses the SDK.
    const activities = ownLocal(`check: ${input.schema}`);
    const check = () => CancellationScope.nonCancellable(() => activities[ActivityName.check]!(input));
    return (await turn.run(check)) as Quoted;
  } catch (error) {
    if (isRefusal(error)) throw error;
    return callCheck(input);
  }
}

/** Looks whether a grant proves a decision. @param totalMs how long workers are waited for. */
export async function callVerifyGrant(input: VerifyGrantInput, totalMs: number): Promise<GrantProof> {
  const summary = `verify the grant: ${input.node}`;
  return (await own(summaryOf(summary), totalMs)[ActivityName.verifyGrant]!(input)) as GrantProof;
}

/** Keeps decisions in Postgres: beside the workflow if that works at once, else through the queue. */
export async function callRecordDecisions(
  decisions: readonly DecisionRecord[],
  turn: LocalTurn,
  totalMs: number = OUTAGE_MS,
): Promise<void> {
  const summary = summaryOf(`record who decided: ${decisions[0]!.node}`);
  try {
    const record = ownLocal(summary)[ActivityName.recordDecisions]!;
    await turn.run(() => CancellationScope.nonCancellable(() => record(decisions)));
  } catch {
    await own(summary, totalMs)[ActivityName.recordDecisions]!(decisions);
  }
}

/** Runs a step on a worker of its queue. */
export function callStep(task: StepTask, options: StepNodeOptions, label?: string): Promise<StepResult | StepWait> {
  const { priority } = options;
  const activities = proxyActivities<Activities>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, options.queue),
    startToCloseTimeout: options.timeoutMs,
    scheduleToCloseTimeout: longestTime(options),
    ...(priority === undefined ? {} : { priority: { priorityKey: priority } }),
    heartbeatTimeout: options.heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { ...OUTAGE_RETRY, nonRetryableErrorTypes: [CUT_OFF] },
    summary: stepSummary(task.node, label),
  });
  return activities[task.step]!(task) as Promise<StepResult | StepWait>;
}

/** All attempts, the author's pauses between them, and what outages may take beside. */
function longestTime({ timeoutMs, retry }: StepNodeOptions): number {
  let pauses = 0;
  for (let failures = 1, pause = retry.backoffMs; failures < retry.attempts && pauses < LONGEST_MS; failures += 1) {
    pauses += pause;
    pause *= retry.factor;
  }
  return Math.min(timeoutMs * retry.attempts + pauses + OUTAGE_MS, LONGEST_MS);
}

/**
 * Runs a light step beside the workflow. Cancelling it in the moment it begins confuses the SDK; it lasts a second at
 * most, so it comes to its end.
 */
export function callLightStep(call: StepCall, label?: string): Promise<StepResult> {
  const activities = proxyLocalActivities<Activities>({
    startToCloseTimeout: LIGHT_MS,
    scheduleToCloseTimeout: LIGHT_MS,
    retry: { maximumAttempts: 1 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: stepSummary(call.node, label),
  });
  return CancellationScope.nonCancellable(() => activities[call.step]!(call) as Promise<StepResult>);
}

/** Runs several light steps beside the workflow. */
export function callLightSteps(batch: LightBatch): Promise<LightBatchResult> {
  const nodes = batch.chains.flatMap((chain) => chain.map(({ node }) => node));
  const activities = ownLocal(summaryOf(`${nodes.length} light steps: ${nodes.slice(0, 20).join(', ')}`));
  return CancellationScope.nonCancellable(
    () => activities[ActivityName.lightSteps]!(batch) as Promise<LightBatchResult>,
  );
}

function stepSummary(node: string, label: string | undefined): string {
  return summaryOf(label === undefined ? node : `${node} · ${label}`);
}
