import { defineSearchAttributeKey } from '@temporalio/common';
import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Quoted, SpilledValue } from '../plan/binding.js';
import type { Json } from '../plan/json.js';
import type { StepNodeOptions } from '../plan/plan.js';
import {
  ActivityName,
  type BeginInput,
  type BeginResult,
  type CheckInput,
  type RecordRunInput,
  type StepCall,
  type StepResult,
  type StepTask,
  taskQueueOf,
} from '../plan/protocol.js';

/** How long lost workers and unreachable stores are waited for beyond a step's own time. */
const OUTAGE_MS = 3_600_000;
/** A light step's whole time; what needs longer goes through the task queue. */
const LIGHT_MS = 1000;
/** Retries of what is not the author's fault: lost workers, outages. Attempts are limited by time alone. */
const OUTAGE_RETRY = { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 10_000 } as const;

type Activities = Record<string, (input: unknown) => Promise<unknown>>;

const own = (summary: string, totalMs: number): Activities =>
  proxyActivities<Activities>({
    startToCloseTimeout: 60_000,
    scheduleToCloseTimeout: totalMs,
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

/** Pins the run to a plan. A remote activity: only its recorded result survives a kill at any moment. */
export async function callBegin(params: Json): Promise<BeginResult> {
  const info = workflowInfo();
  const fired = info.typedSearchAttributes.get(defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME'));
  const input: BeginInput = {
    pipeline: info.workflowType,
    params,
    nominalTime: (fired ?? info.startTime).toISOString(),
    scheduled: fired !== undefined,
  };
  return (await own('pin the plan, check the params', OUTAGE_MS)[ActivityName.begin]!(input)) as BeginResult;
}

/**
 * Brings Postgres' projection up to date: beside the workflow if that works at once, else through the queue. Histories
 * are the truth, so after a minute the run goes on without it.
 */
export async function callRecordRun(input: RecordRunInput): Promise<void> {
  const summary = `record: ${input.outcome ?? input.phase}`;
  for (const activities of [ownLocal(summary), own(summary, LIGHT_MS * 60)]) {
    try {
      await activities[ActivityName.recordRun]!(input);
      return;
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }
}

/** The content of a spilled value. */
export async function callRead(value: SpilledValue): Promise<Quoted> {
  return (await own('read a large list', OUTAGE_MS)[ActivityName.read]!(value)) as Quoted;
}

/** A value, checked by a schema of the run's code. @param totalMs how long an outage is waited for. */
export async function callCheck(input: CheckInput, totalMs = OUTAGE_MS): Promise<Quoted> {
  return (await own(`check: ${input.schema}`, totalMs)[ActivityName.check]!(input)) as Quoted;
}

/** Runs a step on a worker of its queue. */
export function callStep(task: StepTask, options: StepNodeOptions): Promise<StepResult> {
  const activities = proxyActivities<Activities>({
    taskQueue: taskQueueOf(workflowInfo().taskQueue, options.queue),
    startToCloseTimeout: options.timeoutMs,
    scheduleToCloseTimeout: options.timeoutMs * options.retry.attempts + OUTAGE_MS,
    heartbeatTimeout: options.heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: OUTAGE_RETRY,
    summary: task.node,
  });
  return activities[task.step]!(task) as Promise<StepResult>;
}

/** Runs a light step beside the workflow. */
export function callLightStep(call: StepCall): Promise<StepResult> {
  const activities = proxyLocalActivities<Activities>({
    startToCloseTimeout: LIGHT_MS,
    scheduleToCloseTimeout: LIGHT_MS,
    retry: { maximumAttempts: 1 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: call.node,
  });
  return activities[call.step]!(call) as Promise<StepResult>;
}
