import type { History } from '../replay/recorded-calls.js';

/** When the activities were scheduled that a history has open, in milliseconds. */
export function openActivities({ events }: History): readonly number[] {
  const open = new Map<string, number>();
  for (const event of events ?? []) {
    if (event.activityTaskScheduledEventAttributes) {
      open.set(String(event.eventId), Number(event.eventTime?.seconds ?? 0) * 1000);
      continue;
    }
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (ended) open.delete(String(ended.scheduledEventId));
  }
  return [...open.values()];
}
