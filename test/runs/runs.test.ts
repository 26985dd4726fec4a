import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const FILES = 'test/runs/pipelines';
let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-runs-'));
  for (const name of [
    'three-steps',
    'control',
    'marks',
    'faulty',
    'large',
    'map-reject',
    'stopping',
    'too-large',
    'long-error',
  ]) {
    const published = await stack.pawl('publish', `${FILES}/${name}.ts`);
    expect(published).toMatchObject({ code: 0 });
  }
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (pipeline: string, params: unknown, id: string) =>
  stack.client.workflow.start(pipeline, {
    taskQueue: 'pawl',
    workflowId: id,
    args: params === undefined ? [] : [params],
  });

describe('a run', () => {
  test('started by any client gives its result', async () => {
    const handle = await start('three-steps', { n: 5 }, 'plain');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { n: 8 } });
    expect(await stack.store.runs.latest('plain')).toMatchObject({
      phase: 'closed',
      outcome: 'succeeded',
      result: { n: 8 },
    });
  });

  test('without params uses the defaults', async () => {
    expect(await (await start('three-steps', undefined, 'defaults')).result()).toMatchObject({ value: { n: 4 } });
  });

  test('takes under a second for three steps on a running stack', async () => {
    const began = Date.now();
    await (await start('three-steps', { n: 1 }, 'quick')).result();
    expect(Date.now() - began).toBeLessThan(1000);
  });

  test('carries search attributes, details and a result that agree', async () => {
    const handle = await start('three-steps', { n: 1 }, 'labelled');
    await handle.result();
    const { typedSearchAttributes, memo } = await handle.describe();
    const labels = Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    expect(labels).toMatchObject({ PawlPipeline: 'three-steps', PawlPhase: 'closed', PawlOutcome: 'succeeded' });
    expect(memo).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('control nodes', () => {
  test('map keeps the order and names nodes by key; when takes one way', async () => {
    const result = await (await start('control', { n: 3 }, 'map')).result();
    expect(result).toMatchObject({ outcome: 'succeeded', value: { added: [2, 3, 4], judged: { n: 4 } } });
    expect((result as { nodes: { node: string }[] }).nodes.map(({ node }) => node)).toContain('map[item-1]/add');
  });

  test('reject ends the run as rejected, with the value', async () => {
    const result = await (await start('control', { n: 4 }, 'reject')).result();
    expect(result).toMatchObject({ outcome: 'rejected', value: { many: true } });
  });

  test('an empty list maps to an empty list', async () => {
    expect(await (await start('control', { n: 0 }, 'empty')).result()).toMatchObject({ value: { added: [] } });
  });
});

describe('a rejection by one item of a map', () => {
  test('stops the items at work, begins no others, and is the outcome', async () => {
    const file = join(folder, 'map-reject');
    const began = Date.now();
    const handle = await start('map-reject', { file, words: ['a', 'b', 'c', 'd'], rejected: 'b' }, 'map-reject');
    expect(await handle.result()).toMatchObject({
      outcome: 'rejected',
      value: { reason: 'not this one', details: { word: 'b' } },
    });
    expect(Date.now() - began).toBeLessThan(10_000);
    expect((await lines(file)).filter((line) => !line.startsWith('a '))).toEqual([]);
    expect(await stack.pawl('replay', 'map-reject')).toMatchObject({ code: 0 });
  });
});

describe('a rejection in the moment in which other nodes begin', () => {
  test.each([true, false])('ends the run every time, early %s', async (early) => {
    for (let i = 0; i < 4; i += 1) {
      const handle = await start('stopping', { n: 5, early }, `stopping-${early}-${i}`);
      expect(await handle.result()).toMatchObject({ outcome: 'rejected', value: { reason: 'no' } });
      const { events } = await handle.fetchHistory();
      expect(
        (events ?? []).filter(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes),
      ).toEqual([]);
    }
  });
});

describe('what is too large for a history', () => {
  test('fails the run with the node and what to do, instead of being ended by the server', async () => {
    const handle = await start('too-large', { n: 60 }, 'too-large');
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidValue' } });
    expect(await stack.store.runs.latest('too-large')).toMatchObject({ outcome: 'failed' });
  });

  test('an error is cut to what can be reported, and holds the run', async () => {
    await start('long-error', {}, 'long-error');
    await until(async () => (await stack.store.runs.latest('long-error'))?.phase === 'held', 20_000);
    const cancelled = await stack.pawl('cancel', 'long-error');
    expect(cancelled.code).toBe(5);
    expect(cancelled.stdout.length).toBeLessThan(20_000);
  });
});

describe('refusals before anything runs', () => {
  test('an unknown pipeline started from outside names what is near', async () => {
    const handle = await start('three-step', { n: 1 }, 'unknown');
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'UnknownPipeline', message: 'no pipeline called "three-step" is published' },
    });
  });

  test('wrong params fail with every problem', async () => {
    const handle = await start('three-steps', { m: 1, n: 'x' }, 'params');
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'InvalidParams' } });
    expect(await stack.store.runs.latest('params')).toMatchObject({ outcome: 'failed', planHash: null });
  });
});

describe('large values', () => {
  test('become artifacts and arrive whole', async () => {
    const handle = await start('large', { bytes: 3_000_000 }, 'large');
    const result = (await handle.result()) as { value: { length: unknown; words: string[] } };
    expect(result.value.length).toEqual({ length: 3_000_000 });
    expect(result.value.words).toHaveLength(3000);
  });
});

describe('a held run', () => {
  test('says why, and goes on after a retry', async () => {
    const file = join(folder, 'made-later');
    const handle = await start('faulty', { file }, 'held');
    await until(async () => (await stack.store.runs.latest('held'))?.phase === 'held');
    const shown = await stack.pawl('show', 'held');
    expect(shown.stdout).toContain(`there is no ${file}`);
    expect(
      (await stack.store.journal.nodesOfRun(handle.firstExecutionRunId)).find(({ node }) => node === 'need-file'),
    ).toMatchObject({ failures: 2 });
    await writeFile(file, '');
    const retried = await stack.pawl('retry', 'held', '--json');
    expect(JSON.parse(retried.stdout)).toMatchObject({ outcome: 'succeeded', result: { n: 3 } });
  });

  test('ends as aborted, with exit code 4 and the reason', async () => {
    const handle = await start('faulty', { file: join(folder, 'never') }, 'aborted');
    await until(async () => (await stack.store.runs.latest('aborted'))?.phase === 'held');
    const aborted = await stack.pawl('abort', 'aborted', '--reason', 'no use');
    expect(aborted.code).toBe(4);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'Aborted' } });
    expect(await stack.store.runs.latest('aborted')).toMatchObject({ outcome: 'aborted' });
  });

  test('refuses decisions while there is nothing to decide', async () => {
    const closed = await stack.pawl('retry', 'plain');
    expect(closed).toMatchObject({ code: 1 });
    expect(closed.stderr).toContain('closed already');
  });
});

describe('cancelling', () => {
  test('stops the step at work within three seconds', async () => {
    const file = join(folder, 'cancelled');
    await start('marks', { file, waitMs: 60_000 }, 'cancelled');
    await until(
      async () =>
        (await readFile(file, 'utf8').catch(() => '')).includes('first marks') || (await lines(file)).length === 2,
    );
    const began = Date.now();
    const cancelled = await stack.pawl('cancel', 'cancelled', '--json');
    expect(cancelled.code).toBe(5);
    expect(Date.now() - began).toBeLessThan(6000);
    expect(await stack.store.runs.latest('cancelled')).toMatchObject({ outcome: 'cancelled' });
    expect(await lines(file)).toHaveLength(2);
  });
});

describe('replaying', () => {
  test('a run, and its saved history', async () => {
    const file = join(folder, 'history.json');
    expect(await stack.pawl('replay', 'map', '--save', file)).toMatchObject({ code: 0, stdout: 'map: replays\n' });
    expect(await stack.pawl('replay', file)).toMatchObject({ code: 0 });
  });
});

async function lines(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
}
