import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRun } from '../../client/pipeline-run.js';
import { type NodeStatus, RunMessage, type RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const CHUNK_ITEMS = 20;
let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-big-gaps-'));
  for (const name of ['big-gaps', 'brief-gaps'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
  process.env.PAWL_CHUNK_ITEMS = String(CHUNK_ITEMS);
  await stack.startWorker();
}, 90_000);

afterAll(async () => {
  delete process.env.PAWL_CHUNK_ITEMS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const fileOf = (id: string) => join(folder, id);
const start = (id: string, params: object, pipeline = 'big-gaps') =>
  stack.client.workflow.start(pipeline, {
    taskQueue: 'pawl',
    workflowId: id,
    args: [{ kind: 'most', file: fileOf(id), ...params }],
  });
const nodesIn = async (id: string, state: string) =>
  (await stack.client.workflow.getHandle(id).query<readonly NodeStatus[]>(RunMessage.nodes)).filter(
    (row) => row.state === state,
  );
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** A run in which as many items as it bears have failed, and its last one then fails too. @returns the held node. */
async function holdAtOneMore(id: string, count: number, pipeline?: string) {
  const handle = await start(id, { count, refused: count / 4, bad: [count - 1] }, pipeline);
  await until(async () => (await nodesIn(id, 'failed')).length === count / 4, 30_000);
  await writeFile(`${fileOf(id)}-go`, '');
  await until(async () => (await nodesIn(id, 'held')).length > 0, 30_000);
  const held = await nodesIn(id, 'held');
  expect(held.map(({ fault }) => fault?.message)).toEqual([`${count - 1} is bad`]);
  return { handle, run: openRun(handle), node: held[0]!.node };
}

describe.each([
  ['in the workflow of the run', 12],
  ['in workflows of its own', 60],
])('a map that bears the failure of a quarter of its items, %s', (_, count) => {
  test('has gaps where so many failed, and shows why', async () => {
    const id = `gaps-${count}`;
    await writeFile(`${fileOf(id)}-go`, '');
    const bad = [count / 2, count - 1];
    const refused = count / 4 - bad.length;
    const handle = await start(id, { count, refused, bad });
    const result = (await handle.result()) as RunResult;
    const gaps = [...upTo(refused), ...bad];
    expect(result).toMatchObject({ outcome: 'succeeded', value: { count, gaps, inOrder: true } });
    // Only a map in chunks counts.
    const progress = count > CHUNK_ITEMS ? [{ done: count, of: count, failed: gaps.length }] : [];
    expect(result.nodes.flatMap((row) => row.progress ?? [])).toEqual(progress);
    const failed = result.nodes.filter(({ state }) => state === 'failed');
    const messages = failed.map(({ fault }) => fault?.message ?? '').filter(Boolean);
    expect(messages.filter((message) => / has 0 items, of which 1 must succeed$/.test(message))).toHaveLength(refused);
    expect(messages).toEqual(expect.arrayContaining(bad.map((n) => `${n} is bad`)));
    expect(messages).toHaveLength(gaps.length);
    expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
  }, 60_000);

  test('holds at one more, and goes on when it is given a value', async () => {
    const { handle, run, node } = await holdAtOneMore(`given-${count}`, count);
    await run.skip({ node, value: { n: 0 }, by: 'ann' });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { count, gaps: upTo(count / 4) } });
  }, 60_000);

  test('fails when nobody decides about one more', async () => {
    const id = `late-${count}`;
    const { handle, node } = await holdAtOneMore(id, count, 'brief-gaps');
    await expect(handle.result()).rejects.toMatchObject({ cause: { message: `${node}: ${count - 1} is bad` } });
    expect(await stack.store.runs.latest(id)).toMatchObject({ outcome: 'failed', error: [{ node }] });
    expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
  }, 60_000);

  test('fails at once by one more that would fail again', async () => {
    const id = `refused-${count}`;
    const handle = await start(id, { count, refused: count / 4 + 1 });
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'InvalidValue', message: expect.stringMatching(/\/parts" has 0 items, of which 1 must succeed$/) },
    });
    expect(await stack.store.runs.latest(id)).toMatchObject({ outcome: 'failed' });
  });
});

describe('a map of which a number of items must succeed', () => {
  test('has gaps where the others failed', async () => {
    const handle = await start('fifty', { kind: 'fifty', count: 65, refused: 15 });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { count: 65, gaps: upTo(15) } });
  });

  test.each([12, 40])('fails when it has no more than %i', async (count) => {
    const handle = await start(`fifty-${count}`, { kind: 'fifty', count });
    const message = `map "match.fifty/map" has ${count} items, of which 50 must succeed`;
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidValue', message } });
  });
});
