import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHUNK_WORKFLOW } from '../../plan/chunk.js';
import { endOrphans } from '../../worker/sweep/end-orphans.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-reset-maps-'));
  process.env.PAWL_CHUNK_ITEMS = '20';
  expect(await stack.pawl('publish', 'test/runs/pipelines/big-maps.ts')).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_CHUNK_ITEMS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const eventsOf = async (handle: WorkflowHandle) => (await handle.fetchHistory()).events ?? [];
const isBegun = (event: HistoryEvent) => event.startChildWorkflowExecutionInitiatedEventAttributes != null;
const isDone = (event: HistoryEvent) => event.childWorkflowExecutionCompletedEventAttributes != null;
const isRefused = (event: HistoryEvent) => event.startChildWorkflowExecutionFailedEventAttributes != null;

/** A run over 200 items in ten chunks, four at a time, whose sixth has begun. */
async function startRun(id: string): Promise<WorkflowHandle> {
  const args = [{ kind: 'work', count: 200, file: join(folder, id), ms: 300 }];
  const handle = await stack.client.workflow.start('big-maps', { taskQueue: 'pawl', workflowId: id, args });
  await until(async () => (await eventsOf(handle)).filter(isBegun).length >= 6, 60_000);
  return handle;
}

/** Resets to the first workflow task of which that is true of what came before. @returns the new run's id. */
async function reset(handle: WorkflowHandle, isThere: (before: readonly HistoryEvent[]) => boolean): Promise<string> {
  const events = await eventsOf(handle);
  const at = events.findIndex((event, i) => event.workflowTaskCompletedEventAttributes && isThere(events.slice(0, i)));
  const { workflowId } = handle;
  const { runId } = await stack.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: (await handle.describe()).runId },
    reason: 'by hand',
    workflowTaskFinishEventId: events[at]!.eventId!,
    requestId: workflowId,
  });
  return runId;
}

async function openChunks(id: string): Promise<readonly string[]> {
  const query = `WorkflowType = "${CHUNK_WORKFLOW}" AND ExecutionStatus = "Running"`;
  const chunks: string[] = [];
  for await (const { workflowId } of stack.client.workflow.list({ query })) {
    if (workflowId.startsWith(`${id}/`)) chunks.push(workflowId);
  }
  return chunks;
}

describe('a run that is reset while the chunks of a map are at work', () => {
  test('before all of them: others do their items, and what was left at work is ended', async () => {
    const old = await startRun('before');
    const runId = await reset(old, (before) => before.some(({ activityTaskCompletedEventAttributes: done }) => done));
    await until(async () => {
      await endOrphans(stack.client);
      return (await chunksThatEnded('before', 'TERMINATED')).length > 0;
    }, 20_000);
    const handle = stack.client.workflow.getHandle('before', runId);
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { count: 200, keys: 200, gaps: [] } });
    const nodes = await stack.store.journal.nodesOfRun(runId);
    expect(nodes.filter(({ step, state }) => step === 'work' && state === 'committed')).toHaveLength(200);
    await endOrphans(stack.client);
    await until(async () => (await openChunks('before')).length === 0, 20_000);
    expect(await stack.pawl('replay', 'before')).toMatchObject({ code: 0 });
  }, 120_000);

  test('after some of them: what they did is kept, and what the old run began later is begun under another name', async () => {
    const old = await startRun('between');
    await reset(old, (before) => before.some(isDone));
    const handle = stack.client.workflow.getHandle('between');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { count: 200, keys: 200, gaps: [] } });
    expect((await eventsOf(handle)).some(isRefused)).toBe(true);
    expect(await stack.pawl('replay', 'between')).toMatchObject({ code: 0 });
  }, 120_000);
});

async function chunksThatEnded(id: string, status: string): Promise<readonly string[]> {
  const chunks: string[] = [];
  for await (const info of stack.client.workflow.list({ query: `WorkflowType = "${CHUNK_WORKFLOW}"` })) {
    if (info.workflowId.startsWith(`${id}/`) && info.status.name === status) chunks.push(info.workflowId);
  }
  return chunks;
}
