import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NodeStatus, RunResult } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-control-'));
  for (const name of ['ways', 'sleeping', 'gaps', 'exits', 'deferred', 'bad-values', 'nested-gaps', 'late']) {
    const published = await stack.pawl('publish', `test/runs/pipelines/${name}.ts`);
    expect(published, published.stderr).toMatchObject({ code: 0 });
  }
  await stack.startWorker();
}, 90_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (pipeline: string, params: unknown, id: string) =>
  stack.client.workflow.start(pipeline, { taskQueue: 'pawl', workflowId: id, args: [params] });
const run = async (pipeline: string, params: unknown, id: string) =>
  (await (await start(pipeline, params, id)).result()) as RunResult;
const stateOf = (nodes: readonly NodeStatus[], id: string) => nodes.find(({ node }) => node === id)?.state;

describe('match, present, reduce and pipelines, in one another', () => {
  test('go the ways of the values, with the params of each pipeline checked and filled in', async () => {
    const result = await run('ways', { kinds: ['number', 'list'], n: 3, twice: true }, 'ways');
    expect(result).toMatchObject({
      outcome: 'succeeded',
      value: {
        found: [
          { total: 4, there: 4, absent: null, best: 3, extra: 100 },
          { total: 6, there: 4, absent: null, best: 3, extra: 100 },
        ],
        again: { total: 4, there: 4, absent: null, best: 3, extra: 1 },
        gathered: [{ n: 4 }, { n: 4 }],
      },
    });
    expect(stateOf(result.nodes, 'map[list]/ways-inner/match.list/reduce[item-2]/sum')).toBe('done');
    expect(stateOf(result.nodes, 'map[list]/ways-inner/match.number/add')).toBe('skipped');
    expect(stateOf(result.nodes, 'when.then/again/present-rest.then/rest')).toBe('skipped');
  });
});

describe('values that are too large for the history', () => {
  test('decide all the same, and are only read where that is needed', async () => {
    const result = await run('deferred', { n: 2 }, 'deferred');
    expect(result).toMatchObject({
      outcome: 'succeeded',
      value: {
        chosen: { n: 3 },
        shaped: { n: 3 },
        absent: { n: 42 },
        there: { n: 50_000 },
        least: null,
        mapped: [1, 2],
        total: { n: 1 },
        each: [50_000, 50_000],
        after: { n: 10 },
        fallback: 7,
      },
    });
    const names = result.nodes.map(({ node }) => node);
    expect(names).toContain('each[second]/size');
    const { events } = await stack.client.workflow.getHandle('deferred').fetchHistory();
    expect(JSON.stringify(events)).not.toContain('xxxxxxxxxx');
    expect(await stack.pawl('replay', 'deferred')).toMatchObject({ code: 0 });
  });

  test('that cannot be read hold the run, which goes on after a retry', async () => {
    await start('deferred', { n: 2, napMs: 1500 }, 'unreadable');
    const node = async (id: string) =>
      (await stack.store.journal.nodesOfRun((await handleOf('unreadable').describe()).runId)).find(
        (each) => each.node === id && each.state === 'committed',
      );
    await until(async () => (await node('big')) !== undefined && (await node('big-2')) !== undefined);
    const away = `${stack.stack.artifacts}-away`;
    await rename(stack.stack.artifacts, away);
    await until(async () => (await heldNodes('unreadable')).includes('when'), 20_000);
    await rm(stack.stack.artifacts, { recursive: true, force: true });
    await rename(away, stack.stack.artifacts);
    const retried = await stack.pawl('retry', 'unreadable', '--json');
    expect(JSON.parse(retried.stdout)).toMatchObject({ outcome: 'succeeded', result: { chosen: { n: 3 } } });
  });
});

describe('values that nodes cannot decide by', () => {
  test.each([
    ['when', 1, 'the condition of "kinds.when/when" is 1, not true or false'],
    ['match', { tag: 'c' }, 'match "kinds.match/match" has no case for "c"; its cases are: "a", "b"'],
    ['match', null, 'has no case for null; its cases are: "a", "b"'],
    ['map', { a: 1 }, 'map "kinds.map/map": what it runs over is not a list: {"a":1}'],
    ['map', [true], 'an item has no key: true'],
    ['map', ['a', 'b', 'a'], 'two items have the key "a"'],
    ['map', [''], 'an empty key'],
    ['map', ['k'.repeat(300)], '300 characters'],
    ['reduce', 'text', 'reduce "kinds.reduce/reduce": what it runs over is not a list: "text"'],
    ['reduce', [1, '1'], 'two items have the key "1"'],
    ['few', ['a'], 'map "kinds.few/map" has 1 items, of which 2 must succeed'],
    ['sleep', '2027-01-31T06:00:00', 'neither milliseconds nor a time with its zone'],
    ['sleep', '2027-13-31T06:00:00Z', 'neither milliseconds nor a time with its zone'],
    ['sleep', '9999-01-31T06:00:00Z', 'more than a hundred years away'],
    ['sleep', null, 'neither milliseconds nor a time with its zone'],
  ])('%s of %j fails the run and says why', async (kind, value, message) => {
    const handle = await start('bad-values', { kind, value }, `bad-${kind}-${JSON.stringify(value).slice(0, 40)}`);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'InvalidValue', message: expect.stringContaining(message) },
    });
    const memo = (await handle.describe()).memo as { result: RunResult };
    const failed = memo.result.nodes.filter(({ state }) => state === 'failed');
    expect(failed.flatMap(({ fault }) => fault?.message ?? []).join()).toContain(message);
  });

  test('params of a called pipeline that do not fit hold the run', async () => {
    await start('bad-values', { kind: 'pipeline', value: 2 }, 'bad-params');
    await until(async () => (await heldNodes('bad-params')).includes('kinds.pipeline/bad-inner'));
    const shown = await stack.pawl('show', 'bad-params');
    expect(shown.stdout).toContain('the params of pipeline "bad-inner" do not match the schema');
    expect(await stack.pawl('abort', 'bad-params')).toMatchObject({ code: 4 });
  });

  test('those that they can decide by', async () => {
    expect(await run('bad-values', { kind: 'none', value: 2 }, 'good-none')).toMatchObject({ value: { n: 1 } });
    expect(await run('bad-values', { kind: 'pipeline', value: 3 }, 'good-pipeline')).toMatchObject({ value: { n: 4 } });
    expect(await run('bad-values', { kind: 'reduce', value: [] }, 'good-reduce')).toMatchObject({ value: 'x' });
    expect(await run('bad-values', { kind: 'sleep', value: -5 }, 'good-sleep')).toMatchObject({ value: null });
    const long = ['🐦'.repeat(100)];
    expect(await run('bad-values', { kind: 'map', value: long }, 'good-map')).toMatchObject({ value: long });
  });
});

describe('sleep', () => {
  test('waits its time, and until a time; what comes after it waits too', async () => {
    const at = new Date(Date.now() + 2500).toISOString();
    const handle = await start('sleeping', { at, n: 1 }, 'slept');
    await until(async () => stateOf(await nodesOf('slept'), 'until') === 'waiting');
    expect((await nodesOf('slept')).find(({ node }) => node === 'until')).toMatchObject({
      waitsFor: { kind: 'time', until: at },
    });
    const result = (await handle.result()) as RunResult;
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(at));
    expect(result.nodes.find(({ node }) => node === 'short')!.ms).toBeGreaterThanOrEqual(100);
    expect(result.nodes.map(({ node }) => node)).toEqual(['short', 'when', 'until', 'add-light']);
  });

  test('ends at once when the run is cancelled', async () => {
    const at = new Date(Date.now() + 86_400_000).toISOString();
    const handle = await start('sleeping', { at, n: 1 }, 'sleep-cancelled');
    await until(async () => stateOf(await nodesOf('sleep-cancelled'), 'until') === 'waiting');
    const began = Date.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(Date.now() - began).toBeLessThan(3000);
  });
});

describe('a map that bears failures', () => {
  const words = ['a', 'b', 'c', 'd', 'e'];
  const params = (name: string, changes: object) => ({
    words,
    bad: [],
    folder: join(folder, name),
    file: join(folder, `${name}-marks`),
    ...changes,
  });
  const all = (missing: readonly string[]) =>
    words.map((word) => (missing.includes(word) ? null : { tried: word, other: word }));

  test('gives every result when nothing fails', async () => {
    expect(await run('gaps', params('none', {}), 'gaps-none')).toMatchObject({ value: all([]) });
  });

  test('has gaps where items failed, and shows why', async () => {
    const result = await run('gaps', params('some', { bad: ['b', 'e'], slowMs: 300 }), 'gaps-some');
    expect(result).toMatchObject({ outcome: 'succeeded', value: all(['b', 'e']) });
    const failed = result.nodes.find(({ node }) => node === 'map[b]/risky');
    expect(failed).toMatchObject({ state: 'failed', fault: { type: 'StepFailed', message: 'b is bad' } });
    // What else the item had at work was stopped before the next item took its place.
    expect(['cancelled', 'done']).toContain(stateOf(result.nodes, 'map[b]/mark'));
    expect(result.nodes.filter(({ state }) => state === 'running' || state === 'waiting')).toEqual([]);
    expect(await stack.pawl('replay', 'gaps-some')).toMatchObject({ code: 0 });
  });

  test('holds the run at one failure too many, and goes on after a retry', async () => {
    const given = params('many', { bad: ['a', 'c', 'd'] });
    const handle = await start('gaps', given, 'gaps-many');
    await until(async () => (await heldNodes('gaps-many')).length === 1, 20_000);
    const [held] = await heldNodes('gaps-many');
    await mkdir(given.folder, { recursive: true });
    await writeFile(join(given.folder, 'mended'), '');
    expect(await stack.pawl('retry', 'gaps-many')).toMatchObject({ code: 0 });
    const { value } = (await handle.result()) as RunResult;
    const mended = held!.slice('map['.length, -']/risky'.length);
    expect(value).toEqual(all(['a', 'c', 'd'].filter((word) => word !== mended)));
  });

  test('is aborted at one failure too many', async () => {
    await start('gaps', params('aborted', { bad: ['a', 'c', 'd'] }), 'gaps-aborted');
    await until(async () => (await heldNodes('gaps-aborted')).length === 1, 20_000);
    expect(await stack.pawl('abort', 'gaps-aborted')).toMatchObject({ code: 4 });
  });

  test('ends with a rejection of one item', async () => {
    const result = await run('gaps', params('rejected', { words: ['a', 'no', 'b'], slowMs: 5000 }), 'gaps-rejected');
    expect(result).toMatchObject({ outcome: 'rejected', value: { details: { word: 'no' } } });
  });

  test('stops within three seconds when the run is cancelled', async () => {
    const given = params('cancelled', { bad: ['b'], slowMs: 60_000 });
    const handle = await start('gaps', given, 'gaps-cancelled');
    await until(async () => (await readFile(given.file, 'utf8').catch(() => '')).split('\n').length > 3);
    const began = Date.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(Date.now() - began).toBeLessThan(3000);
  });
});

describe('maps that bear failures, in one another', () => {
  const group = (id: string, ...words: string[]) => ({ id, words });

  test('the inner one bears what it can, then the outer one', async () => {
    const groups = [group('good', 'a', 'b', 'c'), group('gap', 'a', 'bad', 'c'), group('lost', 'bad', 'bad-2', 'c')];
    const result = await run('nested-gaps', { groups }, 'nested');
    expect(result).toMatchObject({
      outcome: 'succeeded',
      value: [['a', 'b', 'c'], ['a', null, 'c'], null],
    });
    expect(stateOf(result.nodes, 'map[lost]/map')).toBe('failed');
    expect(result.nodes.filter(({ state }) => state === 'running' || state === 'held')).toEqual([]);
    expect(await stack.pawl('replay', 'nested')).toMatchObject({ code: 0 });
  });

  test('what neither bears holds the run', async () => {
    const bad = (id: string) => group(id, 'bad', 'bad-2', 'bad-3');
    await start('nested-gaps', { groups: [bad('one'), bad('two')] }, 'nested-held');
    await until(async () => (await heldNodes('nested-held')).length > 0);
    expect(await stack.pawl('abort', 'nested-held')).toMatchObject({ code: 4 });
    // A map that bears failures does so at the run's end too.
    const { result } = (await handleOf('nested-held').describe()).memo as { result: RunResult };
    const onExit = result.nodes.filter(({ node }) => node.startsWith('on-exit/map'));
    expect(onExit.map(({ state }) => state)).toEqual(['done', 'failed']);
  });

  test('steps carry their priority and label', async () => {
    await run('nested-gaps', { groups: [group('good', 'a', 'b')] }, 'nested-labels');
    const { events } = await handleOf('nested-labels').fetchHistory();
    const scheduled = (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes?.priority?.priorityKey,
    );
    expect(scheduled.map((event) => event.activityTaskScheduledEventAttributes!.priority!.priorityKey)).toEqual([1, 1]);
    const summaries = scheduled.map(({ userMetadata }) =>
      JSON.parse(Buffer.from(userMetadata!.summary!.data!).toString()),
    );
    expect(summaries).toEqual(['map[good]/map[a]/check · a | check', 'map[good]/map[b]/check · a | check']);
    const { temporal } = await detailsOf('nested-labels');
    expect(temporal).toContain('| ✓ | map[good]/map[b]/check · a / check |');
  });
});

describe('attempts that take longer than their time limit', () => {
  const attempts = async (file: string) => (await readFile(file, 'utf8')).length;
  const given = (...modes: string[]) => ({ file: join(folder, `late-${modes.join('-')}`), modes });

  test.each([
    [['late'], 2],
    [['late', 'bad'], 3],
    [['bad', 'late'], 3],
  ])('%j: another one is made', async (modes, count) => {
    const params = given(...modes);
    expect(await run('late', params, params.modes.join('-'))).toMatchObject({ value: { attempts: count } });
  });

  test.each([
    [['late', 'late', 'late'], 'no attempt finished in time'],
    [['late', 'bad', 'late'], '1 failed, 2 took longer than the time limit'],
    [['late', 'late', 'bad'], 'a bad one'],
  ])('%j: the run is held after three', async (modes, message) => {
    const params = given(...modes);
    const id = modes.join('-');
    await start('late', params, id);
    await until(async () => (await heldNodes(id)).includes('slow'), 20_000);
    expect((await nodesOf(id))[0]!.fault!.message).toContain(message);
    expect(await attempts(params.file)).toBe(3);
    expect(await stack.pawl('retry', id)).toMatchObject({ code: 0 });
    expect(await attempts(params.file)).toBe(4);
  });
});

describe('what runs on exit', () => {
  const told = async (file: string) => JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as object;
  const given = (name: string, changes: object = {}) => ({ file: join(folder, `exit-${name}`), ...changes });

  test('hears of success', async () => {
    const params = given('succeeded');
    const result = await run('exits', params, 'exit-succeeded');
    expect(result).toMatchObject({ outcome: 'succeeded', value: { n: 1 } });
    expect(stateOf(result.nodes, 'on-exit/mark')).toBe('done');
    expect((await readFile(params.file, 'utf8')).split('\n')[0]).toBe(
      '{"outcome":"succeeded","value":{"n":1},"faults":0}',
    );
  });

  test('hears of a rejection', async () => {
    const params = given('rejected', { rejects: true, breaksOnExit: true });
    expect(await run('exits', params, 'exit-rejected')).toMatchObject({ outcome: 'rejected', value: { n: 1 } });
    expect(await told(params.file)).toMatchObject({ outcome: 'rejected', value: { n: 1 }, faults: 0 });
  });

  test('hears of an abort', async () => {
    const params = given('aborted', { breaks: true, breaksOnExit: true });
    const handle = await start('exits', params, 'exit-aborted');
    await until(async () => (await stack.store.runs.latest('exit-aborted'))?.phase === 'held');
    expect(await stack.pawl('abort', 'exit-aborted')).toMatchObject({ code: 4 });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'Aborted' } });
    expect(await told(params.file)).toMatchObject({ outcome: 'aborted', value: null, faults: 1 });
  });

  test('hears of a cancellation, before the run closes as cancelled', async () => {
    const params = given('cancelled', { slowMs: 60_000, breaksOnExit: true });
    const handle = await start('exits', params, 'exit-cancelled');
    await until(async () => stateOf(await nodesOf('exit-cancelled'), 'work') === 'running');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await told(params.file)).toMatchObject({ outcome: 'cancelled' });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  });

  test('changes nothing by a fault of its own, which takes only what needs it', async () => {
    const params = given('fault', { breaksOnExit: true });
    const result = await run('exits', params, 'exit-fault');
    expect(result).toMatchObject({ outcome: 'succeeded', value: { n: 1 } });
    expect(result.nodes.find(({ node }) => node === 'on-exit/broken')).toMatchObject({
      state: 'failed',
      fault: { message: 'this is broken' },
    });
    expect(stateOf(result.nodes, 'on-exit/tell-outcome')).toBe('done');
    expect(stateOf(result.nodes, 'on-exit/mark')).toBe('skipped');
    expect(await stack.pawl('replay', 'exit-fault')).toMatchObject({ code: 0 });
  });

  test('is ended when its time is over', async () => {
    const began = Date.now();
    const result = await run('exits', given('slow', { slowExitMs: 60_000 }), 'exit-slow');
    expect(Date.now() - began).toBeLessThan(8000);
    expect(result).toMatchObject({ outcome: 'succeeded' });
    expect(stateOf(result.nodes, 'on-exit/wait')).toBe('cancelled');
    expect(result.nodes.find(({ node }) => node === 'on-exit')).toMatchObject({ fault: { type: 'Timeout' } });
  });
});

/** What the Temporal UI shows of a run. */
async function detailsOf(id: string): Promise<{ readonly temporal: string }> {
  const metadata = await handleOf(id).query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return { temporal: metadata.currentDetails };
}

const handleOf = (id: string) => stack.client.workflow.getHandle(id);
const nodesOf = (id: string) => handleOf(id).query<readonly NodeStatus[]>('nodes');
const heldNodes = async (id: string) =>
  (await nodesOf(id)).filter(({ state }) => state === 'held').map(({ node }) => node);
