import { defaultPayloadConverter } from '@temporalio/common';
import type { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ReportedCall } from '../../workflows/report-calls.js';

export type History = ReturnType<typeof historyFromJSON>;
type Event = NonNullable<History['events']>[number];
type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

/** What a history says that its run asked for, and what it ended with. Arguments of light steps are in no history. */
export function recordedCalls(history: History): readonly ReportedCall[] {
  return (history.events ?? []).flatMap((event) => callOf(event) ?? []);
}

/** The engine that began the run; 0 where it has not begun. */
export function recordedEngine(history: History): number {
  for (const event of history.events ?? []) {
    const [begun] = valuesOf(event.activityTaskCompletedEventAttributes?.result?.payloads);
    const engine = (begun as { engine?: unknown } | null | undefined)?.engine;
    if (typeof engine === 'number') return engine;
  }
  return 0;
}

function callOf(event: Event): ReportedCall | undefined {
  const activity = event.activityTaskScheduledEventAttributes;
  if (activity) {
    const name = activity.activityType?.name ?? '';
    return { kind: 'activity', id: activity.activityId ?? '', name, value: valuesOf(activity.input?.payloads) };
  }
  const timer = event.timerStartedEventAttributes;
  if (timer)
    return { kind: 'timer', id: timer.timerId ?? '', name: '', value: millisecondsOf(timer.startToFireTimeout) };
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  if (child) {
    const name = child.workflowType?.name ?? '';
    return { kind: 'child', id: child.workflowId ?? '', name, value: valuesOf(child.input?.payloads) };
  }
  const completed = event.workflowExecutionCompletedEventAttributes;
  return completed ? { kind: 'result', id: '', name: '', value: valuesOf(completed.result?.payloads)[0] } : undefined;
}

function valuesOf(payloads: readonly Payload[] | null | undefined): readonly unknown[] {
  return (payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload));
}

function millisecondsOf(duration: { seconds?: unknown; nanos?: number | null } | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1000 + Math.round((duration?.nanos ?? 0) / 1e6);
}
