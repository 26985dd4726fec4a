import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-cancel-'));
  expect(await stack.pawl('publish', 'test/runs/pipelines/stubborn.ts')).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly what: string;
  readonly word: string;
  readonly at: number;
  readonly scratch: string;
}

async function told(file: string, what: string): Promise<readonly Told[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return lines
    .map((line) => line.split(' '))
    .filter(([first]) => first === what)
    .map(([, word, at, scratch]) => ({ what, word: word!, at: Number(at), scratch: scratch! }));
}

const start = (id: string, params: object) => {
  const file = join(folder, id);
  const args = [{ file, items: ['a'], ...params }];
  const handle = stack.client.workflow.start('stubborn', { taskQueue: 'pawl', workflowId: id, args });
  return { file, handle };
};

/** Cancels, and waits for the end. @returns milliseconds it took. */
async function cancel(id: string): Promise<number> {
  const handle = stack.client.workflow.getHandle(id);
  const began = Date.now();
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  const took = Date.now() - began;
  expect(await stack.store.runs.latest(id)).toMatchObject({ phase: 'closed', outcome: 'cancelled' });
  expect(await told(join(folder, id), 'exit')).toMatchObject([{ word: 'cancelled' }]);
  return took;
}

describe('cancelling stops within three seconds', () => {
  test('a step at work, and all items of a map; their scratch folders are gone', async () => {
    const { file } = start('items', { items: ['a', 'b', 'c', 'd'] });
    await until(async () => (await told(file, 'began')).length === 4, 20_000);
    const began = Date.now();
    const took = await cancel('items');
    const stopped = await told(file, 'stopped');
    expect(stopped).toHaveLength(4);
    for (const { at, scratch } of stopped) {
      expect(at - began).toBeLessThan(3000);
      expect(existsSync(scratch)).toBe(false);
    }
    // Beside the stopping itself, what runs on exit.
    expect(took).toBeLessThan(4000);
  });

  test('a run that is held', async () => {
    start('held', { breaks: true });
    await until(async () => (await stack.store.runs.latest('held'))?.phase === 'held', 20_000);
    expect(await cancel('held')).toBeLessThan(3000);
  });

  test('a run that waits for people', async () => {
    const { handle } = start('waiting', { waits: true, ms: 1 });
    const nodes = async () => (await handle).query<readonly { state: string }[]>('nodes');
    await until(async () => (await nodes()).some(({ state }) => state === 'waiting'), 20_000);
    expect(await cancel('waiting')).toBeLessThan(3000);
  });
});

describe('a step that does not listen', () => {
  test('is left behind after ten seconds: the run ends, and nothing the step puts out counts', async () => {
    const { file, handle } = start('deaf', { listens: false, ms: 15_000 });
    await until(async () => (await told(file, 'began')).length === 1, 20_000);
    const { scratch } = (await told(file, 'began'))[0]!;
    const took = await cancel('deaf');
    expect(took).toBeGreaterThan(9000);
    expect(took).toBeLessThan(14_500);
    // Until it ends it has what it was given.
    expect(existsSync(scratch)).toBe(true);
    await until(() => !existsSync(scratch), 20_000);
    const nodes = await stack.store.journal.nodesOfRun((await handle).firstExecutionRunId);
    expect(nodes.find(({ node }) => node.endsWith('/work'))).toMatchObject({ state: 'claimed', output: null });
  }, 60_000);

  test('keeps nobody from doing the same work', async () => {
    const { file } = start('alike', { listens: false });
    await until(async () => (await told(file, 'began')).length === 1, 20_000);
    const other = await start('alike-too', { listens: false, file }).handle;
    const nodes = () => other.query<readonly { state: string; waitsFor?: { kind: string } }[]>('nodes');
    await until(async () => (await nodes()).some(({ waitsFor }) => waitsFor?.kind === 'work'), 20_000);
    await cancel('alike');
    // The one left behind is at work for much longer.
    await until(async () => (await told(file, 'began')).length === 2, 20_000);
    await other.terminate();
  }, 90_000);
});
