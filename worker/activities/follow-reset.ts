import type { Client } from '@temporalio/client';
import { decodeFromPayloadsAtIndex } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { isJsonObject } from '../../plan/json.js';
import { ActivityName, type FollowResetInput, type GiveInput, type StepTask } from '../../plan/protocol.js';
import type { WorkerParts } from '../parts.js';
import { retentionOf } from '../runs/retention.js';
import { settleRun } from '../runs/settle-runs.js';
import type { RunIdentity } from './begin.js';
import { standingOf } from './record-run.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * Gives a run that Temporal has made by a reset its place among the runs: with what it keeps of the run before, whose
 * attempts own nothing any more. May be done twice.
 */
export async function followReset(
  { pipeline, planHash, params, nominalTime, ...standing }: FollowResetInput,
  run: RunIdentity,
  parts: WorkerParts,
  client: Client,
): Promise<void> {
  const { store } = parts;
  const kept = await keptHistory(run, client);
  const before = kept && (await store.runs.run(kept.base));
  const origin = before && isJsonObject(before.origin) ? before.origin : {};
  await store.runs.start({
    ...run,
    pipeline,
    planHash,
    params,
    nominalTime,
    origin: { ...origin, reset: kept?.base ?? null },
  });
  if (standing.phase !== 'running') await store.runs.stand({ runId: run.runId, ...standingOf(standing) });
  if (!kept) return;
  await endRun(kept.base, parts, client);
  await store.journal.takeAlong({ from: kept.base, to: run.runId, nodes: await doneNodes(kept.events, client) });
}

/** Ends what is left of the run that was reset to its beginning. */
export async function endRunBefore(run: RunIdentity, parts: WorkerParts, client: Client): Promise<void> {
  const kept = await keptHistory(run, client);
  if (kept) await endRun(kept.base, parts, client);
}

async function endRun(runId: string, { store }: WorkerParts, client: Client): Promise<void> {
  await store.journal.fence(runId);
  const run = await store.runs.run(runId);
  if (run) await settleRun(run, { client, store, retentionMs: await retentionOf(client) });
}

interface KeptHistory {
  /** The run that was reset; of several resets the last. */
  readonly base: string;
  /** What it had recorded before that point. */
  readonly events: readonly HistoryEvent[];
}

async function keptHistory({ workflowId, runId }: RunIdentity, client: Client): Promise<KeptHistory | null> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const all = events ?? [];
  const at = all.findLastIndex(({ workflowTaskFailedEventAttributes: failed }) => failed?.newRunId === runId);
  const base = all[at]?.workflowTaskFailedEventAttributes?.baseRunId;
  return base ? { base, events: all.slice(0, at) } : null;
}

/** The nodes whose steps had an output. */
async function doneNodes(events: readonly HistoryEvent[], client: Client): Promise<readonly string[]> {
  const completed = new Map(
    events.flatMap(({ activityTaskCompletedEventAttributes: done }) =>
      done ? [[String(done.scheduledEventId), done.result?.payloads] as const] : [],
    ),
  );
  const decode = (payloads: Parameters<typeof decodeFromPayloadsAtIndex>[2]) =>
    decodeFromPayloadsAtIndex<unknown>(client.options.loadedDataConverter, 0, payloads);
  const nodes = events.map(async ({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
    const result = completed.get(String(eventId));
    const activity = scheduled?.activityType?.name ?? '';
    if (!scheduled || !result || !isNode(activity)) return [];
    const input = await decode(scheduled.input?.payloads);
    if (activity === ActivityName.give) return [(input as GiveInput).task.node];
    return hasOutput(await decode(result)) ? [(input as StepTask).node] : [];
  });
  return [...new Set((await Promise.all(nodes)).flat())];
}

/** A step that waits for its turn has none yet. */
const hasOutput = (result: unknown): boolean => typeof result === 'object' && result !== null && 'output' in result;

/** Steps, and what operators gave in their place. */
const isNode = (activity: string): boolean => activity === ActivityName.give || !activity.startsWith('pawl.');
