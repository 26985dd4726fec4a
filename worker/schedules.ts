import { type Client, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { nameIn } from '../plan/environment.js';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Plan, SchedulePlan } from '../plan/plan.js';
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

type Named = Pick<Environment, 'name'>;

const prefixIn = ({ name }: Named): string => nameIn(name, 'pawl-');

const idOf = (environment: Named, pipeline: string): string => `${prefixIn(environment)}${pipeline}`;

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
  const options = scheduleOptions(plan, environment);
  const handle = client.schedule.getHandle(idOf(environment, plan.pipeline));
  try {
    await handle.update((previous) => ({ ...options, state: previous.state }));
    return 'updated';
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ ...options, scheduleId: idOf(environment, plan.pipeline) });
    return 'created';
  }
}

/** @throws PawlError `InvalidPlan` when the pipeline has no schedule. */
export function requireSchedule({ pipeline, schedule }: Plan): SchedulePlan {
  if (schedule) return schedule;
  throw new PawlError(FailureType.InvalidPlan, `pipeline "${pipeline}" has no schedule`, {
    hint: "Declare one: pipeline(name, { params, schedule: { cron: '0 6 2 * *' } }, …)",
  });
}

function scheduleOptions(plan: Plan, environment: Environment) {
  const { cron, timeZone } = requireSchedule(plan);
  return {
    // The server keeps calendars, not cron lines; what follows `#` it keeps as their comment.
    spec: { cronExpressions: [`${cron} # ${cron}`], timezone: timeZone },
    action: {
      type: 'startWorkflow' as const,
      workflowType: plan.pipeline,
      workflowId: nameIn(environment.name, plan.pipeline),
      taskQueue: environment.taskQueue,
      args: [],
    },
    // A retrain that still runs is not doubled; after an outage of workers or server a day's firings are made up for.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' as const },
  };
}

/** All schedules of an environment's pipelines. */
export async function listSchedules(client: Client, environment: Named): Promise<readonly ScheduleStatus[]> {
  const found: ScheduleStatus[] = [];
  for (const { schedule, pipeline } of await schedulesOf(client, environment)) {
    found.push(await describeSchedule(client, schedule, pipeline));
  }
  return found.sort((a, b) => a.pipeline.localeCompare(b.pipeline));
}

/** The pipelines of an environment that have a schedule, and what that is called on the server. */
export async function schedulesOf(
  client: Client,
  environment: Named,
): Promise<readonly Pick<ScheduleStatus, 'schedule' | 'pipeline'>[]> {
  const prefix = prefixIn(environment);
  const found: Pick<ScheduleStatus, 'schedule' | 'pipeline'>[] = [];
  for await (const { scheduleId: schedule } of client.schedule.list()) {
    if (schedule.startsWith(prefix)) found.push({ schedule, pipeline: schedule.slice(prefix.length) });
  }
  return found;
}

async function describeSchedule(client: Client, schedule: string, pipeline: string): Promise<ScheduleStatus> {
  const { raw, state, info } = await client.schedule.getHandle(schedule).describe();
  return {
    pipeline,
    schedule,
    cron: raw.schedule?.spec?.structuredCalendar?.[0]?.comment ?? '',
    paused: state.paused,
    next: info.nextActionTimes[0]?.toISOString() ?? null,
    note: state.note ?? '',
  };
}

/** @throws PawlError `UnknownPipeline` when the pipeline has no schedule on the server. */
export async function pauseSchedule(client: Client, environment: Named, pipeline: string, note: string): Promise<void> {
  await orUnknown(pipeline, client.schedule.getHandle(idOf(environment, pipeline)).pause(note));
}

/** @throws PawlError `UnknownPipeline` when the pipeline has no schedule on the server. */
export async function resumeSchedule(
  client: Client,
  environment: Named,
  pipeline: string,
  note: string,
): Promise<void> {
  await orUnknown(pipeline, client.schedule.getHandle(idOf(environment, pipeline)).unpause(note));
}

/**
 * Runs what the schedule would have run between two times, one after the other.
 * @throws PawlError `UnknownPipeline` when the pipeline has no schedule on the server.
 */
export async function backfillSchedule(
  client: Client,
  environment: Named,
  pipeline: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<void> {
  const range = { start: from, end: to, overlap: ScheduleOverlapPolicy.BUFFER_ALL };
  await orUnknown(pipeline, client.schedule.getHandle(idOf(environment, pipeline)).backfill(range));
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
