import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAttempts } from '../../client/attempts.js';
import { type NodeStatus, RunMessage, type RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-places-'));
  const published = await stack.pawl('publish', 'test/runs/pipelines/places.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Ends the workers there are and starts others. */
async function serve(...each: readonly (readonly string[])[]): Promise<void> {
  await Promise.all(workers.splice(0).map((worker) => end(worker)));
  workers.push(...(await Promise.all(each.map((options) => start(options)))));
}

async function start(options: readonly string[]): Promise<ChildProcess> {
  const { child, said } = stack.launch('worker', ...options);
  await until(() => said('worker ready'), 20_000);
  return child;
}

async function end(worker: ChildProcess): Promise<void> {
  worker.kill('SIGTERM');
  await once(worker, 'close');
}

async function run(name: string, kind: string, words: readonly string[]) {
  const file = join(folder, name);
  const args = [{ kind, file, until: `${file}.gate`, words }];
  const handle = await stack.client.workflow.start('places', { taskQueue: 'pawl', workflowId: name, args });
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return { handle, lines, letGo: () => writeFile(`${file}.gate`, '') };
}

/** How many were at work at a time, at the most. */
function mostAtWork(lines: readonly string[]): number {
  let now = 0;
  return Math.max(...lines.map((line) => (now += line.startsWith('+') ? 1 : -1)));
}

const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('a limit', () => {
  test('of a step holds over workers; the others wait without a place, and say for what', async () => {
    await serve([], []);
    const { handle, lines, letGo } = await run('limited', 'limited', letters);
    const waiting = async () =>
      (await handle.query<readonly NodeStatus[]>(RunMessage.nodes)).filter(({ state }) => state === 'waiting');
    await until(async () => (await waiting()).length === 4, 20_000);
    expect((await waiting())[0]?.waitsFor).toMatchObject({
      kind: 'slot',
      of: 'step limited',
      slots: 2,
      run: 'limited',
    });
    expect(await lines()).toHaveLength(2);
    await letGo();
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect(mostAtWork(await lines())).toBe(2);
    expect(await lines()).toHaveLength(12);
  });

  test('of a queue is set by an operator, holds over workers, and is lifted again', async () => {
    expect(await stack.pawl('limits', 'set', 'queue', 'narrow', '1')).toMatchObject({ code: 0 });
    await serve(['--queues', 'narrow'], ['--queues', 'narrow']);
    const first = await run('narrow', 'queued', letters.slice(0, 3));
    await first.letGo();
    expect(await first.handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect(mostAtWork(await first.lines())).toBe(1);
    expect((await stack.pawl('limits')).stdout).toMatch(/queue +narrow +1/);
    expect(await stack.pawl('limits', 'unset', 'queue', 'narrow')).toMatchObject({ code: 0 });
    expect(await stack.pawl('limits', 'unset', 'queue', 'narrow')).toMatchObject({ code: 1 });
  }, 60_000);

  test.each([
    [['set', 'gpu', 'x', '1'], '"gpu" has no limits'],
    [['set', 'queue', 'x', 'many'], 'the limit is "many"'],
    [['set', 'queue', 'x', '0'], 'the limit is "0"'],
  ])('that makes no sense is refused: %j', async (args, message) => {
    const said = await stack.pawl('limits', ...args);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});

/** How often each node of a run has been given to a worker, the rarest first. */
async function looksOf({ handle }: Awaited<ReturnType<typeof run>>): Promise<readonly number[]> {
  const { events } = await handle.fetchHistory();
  const looks = new Map<string, number>();
  for (const { activityTaskScheduledEventAttributes: scheduled, userMetadata } of events ?? []) {
    if (scheduled?.activityType?.name !== 'limited') continue;
    const node = Buffer.from(userMetadata?.summary?.data ?? []).toString();
    looks.set(node, (looks.get(node) ?? 0) + 1);
  }
  return [...looks.values()].sort((a, b) => a - b);
}

describe('many nodes that wait for the same places', () => {
  const words = [...'abcdefghijkl'];

  test('do not all look again and again; each has its turn', async () => {
    await serve([]);
    const crowd = await run('crowd', 'limited', words);
    await until(async () => (await looksOf(crowd)).at(-1)! >= 12, 60_000);
    const looks = await looksOf(crowd);
    expect(looks).toHaveLength(12);
    // Two are at work, and as many as there are places look.
    expect(looks.filter((count) => count > 2)).toHaveLength(2);
    await crowd.letGo();
    expect(await crowd.handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect(mostAtWork(await crowd.lines())).toBe(2);
    expect(await crowd.lines()).toHaveLength(24);
  }, 120_000);

  test('stop when the run is cancelled', async () => {
    const crowd = await run('crowd-cancelled', 'limited', words);
    await until(async () => (await looksOf(crowd)).at(-1)! >= 3, 60_000);
    await crowd.handle.cancel();
    await expect(crowd.handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  }, 120_000);
});

describe('a queue with one place on one worker', () => {
  test('takes what is urgent first, and else what came first', async () => {
    await serve(['--queues', 'narrow=1']);
    const first = await run('holder', 'queued', ['holder']);
    await until(async () => (await first.lines()).length === 1);
    const second = await run('second', 'queued', letters.slice(0, 3));
    await until(async () => (await openAttempts(second.handle)).length === 3);
    const third = await run('third', 'queued', letters.slice(3));
    await until(async () => (await openAttempts(third.handle)).length === 3);
    const urgent = await run('urgent', 'urgent', ['u', 'v']);
    await until(async () => (await openAttempts(urgent.handle)).length === 2);
    for (const each of [third, second, urgent, first]) await each.letGo();
    await Promise.all([first, second, third, urgent].map(({ handle }) => handle.result()));
    const entries = await Promise.all(
      [second, third, urgent].map(({ handle }) => stack.store.journal.nodesOfRun(handle.firstExecutionRunId)),
    );
    const inOrder = entries.flat().sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    expect(inOrder.map(({ workflowId }) => workflowId)).toEqual([
      ...['urgent', 'urgent'],
      ...['second', 'second', 'second'],
      ...['third', 'third', 'third'],
    ]);
  }, 60_000);
});

describe('devices', () => {
  test('are one attempt’s each, which is told which', async () => {
    process.env.CUDA_VISIBLE_DEVICES = '5,7';
    try {
      await serve(['--queues', 'gpu=4']);
    } finally {
      delete process.env.CUDA_VISIBLE_DEVICES;
    }
    const { handle, lines, letGo } = await run('device', 'device', letters.slice(0, 4));
    await until(async () => (await lines()).length === 2);
    await letGo();
    const { value } = (await handle.result()) as RunResult;
    expect(mostAtWork(await lines())).toBe(2);
    const given = (value as { devices: string[] }[]).flatMap(({ devices }) => devices);
    expect(new Set(given)).toEqual(new Set(['5', '7']));
  }, 60_000);

  test('that no worker has so many of are waited for, and the run says so', async () => {
    await serve(['--gpus', '2']);
    const { handle, lines, letGo } = await run('too-many', 'devices', ['x']);
    await letGo();
    await until(async () => (await openAttempts(handle)).some(({ lastFailure }) => lastFailure !== null), 20_000);
    const [attempt] = await openAttempts(handle);
    expect(attempt?.lastFailure).toMatchObject({
      type: 'DeviceMissing',
      message: expect.stringMatching(/the step needs 3 devices, and worker .+ has 2 devices/),
    });
    expect(await lines()).toEqual([]);
    await serve(['--gpus', '3']);
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
  }, 60_000);
});

test.each([
  [['--queues', 'gpu=0'], '--queues gpu is "0"'],
  [['--queues', 'gpu=1,gpu=2'], '--queues names "gpu" twice'],
  [['--queues', 'g pu'], '--queues has "g pu"'],
  [['--gpus', 'all'], '--gpus is "all"'],
  [['--db-connections', '0'], '--db-connections is "0"'],
])('a worker refuses %j', async (args, message) => {
  expect(await stack.pawl('worker', ...args)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
});
