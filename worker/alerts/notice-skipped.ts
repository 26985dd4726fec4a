import type { Client, ScheduleDescription } from '@temporalio/client';
import { schedulesOf } from '../schedules.js';
import type { RaiseAlert } from './raise-alert.js';

/**
 * Raises an alert where a schedule's firing was skipped because the run before was still open: one for each such run,
 * however many firings it costs.
 */
export async function noticeSkippedFirings(client: Client, environment: string, raise: RaiseAlert): Promise<void> {
  for (const { pipeline, schedule } of await schedulesOf(client, { name: environment })) {
    const described = await client.schedule.getHandle(schedule).describe();
    await noticeSkipped({ pipeline, schedule, described }, environment, raise);
  }
}

interface DescribedSchedule {
  readonly pipeline: string;
  readonly schedule: string;
  readonly described: Pick<ScheduleDescription, 'info'>;
}

async function noticeSkipped(
  { pipeline, schedule, described }: DescribedSchedule,
  environment: string,
  raise: RaiseAlert,
): Promise<void> {
  const { numActionsSkippedOverlap: skipped, runningActions, createdAt } = described.info;
  // A schedule that was made anew counts from 0 again.
  const place = `schedule/${schedule}/${createdAt.toISOString()}`;
  if (skipped === 0 || !(await raise(`${place}/${skipped}`, null))) return;
  const open = runningActions[0]?.workflow;
  const id = open ? `${place}/open/${open.firstExecutionRunId}` : `${place}/${skipped}/closed`;
  const why = open ? `the run ${open.workflowId} is still open` : 'the run before it was still open';
  await raise(id, {
    kind: 'skipped-firing',
    environment,
    pipeline,
    ...(open && { run: open.workflowId, runId: open.firstExecutionRunId }),
    text: `a firing of the schedule of ${pipeline} was skipped: ${why} (${skipped} skipped so far)`,
  });
}
