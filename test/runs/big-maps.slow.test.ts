import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  expect(await stack.pawl('publish', 'test/runs/pipelines/big-maps.ts')).toMatchObject({ code: 0 });
  await stack.startWorker();
});

afterAll(() => stack.stop());

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
  const chunks = (events ?? []).flatMap((event) => {
    const id = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.workflowId;
    return id ? [id] : [];
  });
  const chunkEvents = [];
  for (const id of chunks)
    chunkEvents.push(Number((await stack.client.workflow.getHandle(id).describe()).historyLength));
  return { msPerItem, events: events?.length ?? 0, chunkEvents };
}
