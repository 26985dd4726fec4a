import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Plan } from '../plan/plan.js';
import type { Environment } from './environment.js';

/** One pipeline's schedule, as operators see it. */
export interface ScheduleStatus {
  readonly pipeline: string;
  readonly schedule: string;
  readonly cron: string;
  readonly paused: boolean;
  /** ISO 8601; null when it will not fire again. */
  readonly next: string | null;
  readonly note: string;
}

const PREFIX = 'pawl-';

const idOf = (pipeline: string): string => `${PREFIX}${pipeline}`;

/**
 * Creates a pipeline's schedule, or brings it to what its plan says. A firing starts the plan that is current then.
 * @returns whether it was there before.
 * @throws PawlError `InvalidPlan` when the pipeline has no schedule.
 */
export async function applySchedule(
  client: Client,
  environment: Environment,
  plan: Plan,
): Promise<'created' | 'updated'> {
  if (!plan.schedule) {
    throw new PawlError(FailureType.InvalidPlan, `pipeline "${plan.pipeline}" has no schedule`, {
      hint: "Declare one: pipeline(name, { params, schedule: { cron: '0 6 2 * *' } }, …)",
    });
  }
  const options = scheduleOptions(plan, environment);
  const handle = client.schedule.getHandle(idOf(plan.pipeline));
  try {
    await handle.update((previous) => ({ ...options, state: previous.state }));
    return 'updated';
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ ...options, scheduleId: idOf(plan.pipeline) });
    return 'created';
  }
}

function scheduleOptions(plan: Plan, environment: Environment) {
  const { cron, timeZone } = plan.schedule!;
  return {
    // The server keeps calendars, not cron lines; what follows `#` it keeps as their comment.
    spec: { cronExpressions: [`${cron} # ${cron}`], timezone: timeZone },
    action: {
      type: 'startWorkflow' as const,
      workflowType: plan.pipeline,
      workflowId: plan.pipeline,
      taskQueue: environment.taskQueue,
      args: [],
    },
    // A retrain that still runs is not doubled; after an outage of workers or server a day's firings are made up for.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' as const },
  };
}

/** All schedules of pipelines in the namespace. */
export async function listSchedules(client: Client): Promise<readonly ScheduleStatus[]> {
  const found: ScheduleStatus[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId.startsWith(PREFIX)) found.push(await describeSchedule(client, scheduleId));
  }
  return found.sort((a, b) => a.pipeline.localeCompare(b.pipeline));
}

async function describeSchedule(client: Client, schedule: string): Promise<ScheduleStatus> {
  const { raw, state, info } = await client.schedule.getHandle(schedule).describe();
  return {
    pipeline: schedule.slice(PREFIX.length),
    schedule,
    cron: raw.schedule?.spec?.structuredCalendar?.[0]?.comment ?? '',
    paused: state.paused,
    next: info.nextActionTimes[0]?.toISOString() ?? null,
    note: state.note ?? '',
  };
}

/** @throws PawlError `UnknownPipeline` when the pipeline has no schedule on the server. */
export async function pauseSchedule(client: Client, pipeline: string, note: string): Promise<void> {
  await orUnknown(pipeline, client.schedule.getHandle(idOf(pipeline)).pause(note));
}

/** @throws PawlError `UnknownPipeline` when the pipeline has no schedule on the server. */
export async function resumeSchedule(client: Client, pipeline: string, note: string): Promise<void> {
  await orUnknown(pipeline, client.schedule.getHandle(idOf(pipeline)).unpause(note));
}

/**
 * Runs what the schedule would have run between two times, one after the other.
 * @throws PawlError `UnknownPipeline` when the pipeline has no schedule on the server.
 */
export async function backfillSchedule(client: Client, pipeline: string, from: Date, to: Date): Promise<void> {
  const range = { start: from, end: to, overlap: ScheduleOverlapPolicy.BUFFER_ALL };
  await orUnknown(pipeline, client.schedule.getHandle(idOf(pipeline)).backfill(range));
}

async function orUnknown(pipeline: string, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    if (!(cause instanceof ScheduleNotFoundError)) throw cause;
    throw new PawlError(FailureType.UnknownPipeline, `pipeline "${pipeline}" has no schedule on this server`, {
      hint: 'Create it with: pawl schedule apply FILE',
      cause,
    });
  }
}
