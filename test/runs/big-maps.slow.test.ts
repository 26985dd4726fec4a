import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../plan/protocol.js';
import { chunksOf } from '../support/chunks.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-big-maps-'));
  for (const name of ['big-maps', 'big-gaps'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  await stack.startWorker();
});

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

test('10,000 items: histories of bounded size, and no item dearer than one of 1,000', async () => {
  await runOf(300);
  const small = await runOf(1000);
  const large = await runOf(10_000);
  // Twice: other processes share the machine.
  expect(large.msPerItem).toBeLessThan(2 * small.msPerItem);
  expect(large.events).toBeLessThan(1000);
  expect(large.chunkEvents).toHaveLength(50);
  expect(Math.max(...large.chunkEvents)).toBeLessThan(2000);
  expect(Math.max(...large.chunkEvents)).toBeLessThan(2 * Math.max(...small.chunkEvents));
}, 600_000);

async function runOf(count: number) {
  const began = Date.now();
  const handle = await stack.client.workflow.start('big-maps', {
    taskQueue: 'pawl',
    workflowId: `light-${count}`,
    args: [{ kind: 'light', count }],
  });
  const sum = (count * (count - 1)) / 2 + 2 * count;
  const result = (await handle.result()) as RunResult;
  expect(result).toMatchObject({ value: { count, sum, gaps: [], inOrder: true } });
  const msPerItem = (Date.now() - began) / count;
  const { events = [] } = await handle.fetchHistory();
  const chunkEvents = [];
  for (const id of await chunksOf(handle))
    chunkEvents.push(Number((await stack.client.workflow.getHandle(id).describe()).historyLength));
  return { msPerItem, events: events?.length ?? 0, chunkEvents };
}

test('2,600 items of which 2,080 may fail, so that a chunk is allowed several failures at a time: all are counted', async () => {
  const bad = [1000, 2598, 2599];
  const file = join(folder, 'gaps');
  await writeFile(`${file}-go`, '');
  const handle = await stack.client.workflow.start('big-gaps', {
    taskQueue: 'pawl',
    workflowId: 'gaps',
    args: [{ kind: 'few', count: 2600, refused: 400, bad, file }],
  });
  const result = (await handle.result()) as RunResult;
  const gaps = [...Array.from({ length: 400 }, (_, n) => n), ...bad];
  expect(result).toMatchObject({ outcome: 'succeeded', value: { count: 2600, gaps, inOrder: true } });
  expect(result.nodes.flatMap(({ progress }) => progress ?? [])).toEqual([{ done: 2600, of: 2600, failed: 403 }]);
  const { events } = await handle.fetchHistory();
  const asked = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes);
  expect(asked.length).toBeLessThan(300);
  expect(await stack.pawl('replay', 'gaps')).toMatchObject({ code: 0 });
});
