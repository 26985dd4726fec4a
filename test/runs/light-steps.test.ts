import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../plan/protocol.js';
import { replayHistory } from '../../worker/replay/replay-history.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-light-'));
  stack = await startTestStack();
  const published = await stack.pawl('publish', 'test/runs/pipelines/light.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (params: object, workflowId: string) =>
  stack.client.workflow.start('light', { taskQueue: 'pawl', workflowId, args: [params] });

/** How many calls beside the workflow, and how many through a queue, a run made for its steps. */
async function callsOf(handle: WorkflowHandle): Promise<{ beside: number; queued: number }> {
  const { events = [] } = await handle.fetchHistory();
  const beside = (events ?? []).filter((event) => event.markerRecordedEventAttributes).length;
  const queued = (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
  return { beside, queued };
}

describe('light steps', () => {
  test('in a row share one call; each is in the table', async () => {
    const handle = await start({ kind: 'chain', n: 1 }, 'light-chain');
    const result = (await handle.result()) as RunResult;
    expect(result).toMatchObject({ outcome: 'succeeded', value: 84 });
    expect(result.nodes.filter(({ state }) => state === 'done')).toHaveLength(43);
    // One for the steps, one to record the end.
    expect((await callsOf(handle)).beside).toBeLessThanOrEqual(4);
  });

  test('of many items share calls', async () => {
    const items = Array.from({ length: 60 }, (_, at) => at);
    const handle = await start({ kind: 'fan', items }, 'light-fan');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: items.map((item) => item + 2) });
    expect((await callsOf(handle)).beside).toBeLessThanOrEqual(6);
  });

  test.each([
    ['lanes', 190, 6],
    ['slow-lanes', 20, 2],
  ])('side by side replay: %s', async (kind, count, added) => {
    const items = Array.from({ length: count }, (_, at) => at);
    const handle = await start({ kind, items }, `light-${kind}`);
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: items.map((item) => item + added) });
    await replayHistory(await handle.fetchHistory(), `light-${kind}`);
  });

  test('that fail go through the queue, with its retries, and those after them follow', async () => {
    const file = join(folder, 'often');
    const handle = await start({ kind: 'often', n: 1, file }, 'light-often');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: 3 });
    // Once together with others, and three times through the queue.
    expect(statSync(file).size).toBe(4);
    expect((await callsOf(handle)).queued).toBe(2);
  });

  test('that take longer than a light step may go through the queue', async () => {
    const handle = await start({ kind: 'slow', n: 1 }, 'light-slow');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: 3 });
  });

  test('that reject end the run with their value', async () => {
    const handle = await start({ kind: 'refuse', n: 1 }, 'light-refuse');
    expect(await handle.result()).toMatchObject({
      outcome: 'rejected',
      value: { reason: 'n is positive', details: { n: 2 } },
    });
  });

  test('with large outputs end, each in its turn', async () => {
    const handle = await start({ kind: 'large', n: 1 }, 'light-large');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: 32 });
  });
});
