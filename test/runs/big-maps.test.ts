import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHUNK_WORKFLOW } from '../../plan/chunk.js';
import type { NodeStatus, RunResult } from '../../plan/protocol.js';
import { chunksOf } from '../support/chunks.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
let worker: ChildProcess;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-big-maps-'));
  const published = await stack.pawl('publish', 'test/runs/pipelines/big-maps.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
  // So few that maps of some hundred items have many chunks.
  process.env.PAWL_CHUNK_ITEMS = '20';
  worker = await stack.startWorker();
}, 90_000);

afterAll(async () => {
  delete process.env.PAWL_CHUNK_ITEMS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (params: object, id: string) =>
  stack.client.workflow.start('big-maps', { taskQueue: 'pawl', workflowId: id, args: [params] });
const run = async (params: object, id: string) => (await (await start(params, id)).result()) as RunResult;
const handleOf = (id: string) => stack.client.workflow.getHandle(id);
const nodesOf = (id: string) => handleOf(id).query<readonly NodeStatus[]>('nodes');
const heldNodes = async (id: string) =>
  (await nodesOf(id)).filter(({ state }) => state === 'held').map(({ node }) => node);
const lines = async (file: string) => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);

/** The ends of the ids of nodes that were not skipped. */
function shown(nodes: readonly NodeStatus[]): readonly string[] {
  return nodes.flatMap(({ node, state }) => (state === 'skipped' ? [] : [node.split('/').at(-1)!]));
}

describe('a map over more items than one workflow runs', () => {
  test('runs them in others, and gives their results in order', async () => {
    const count = 300;
    const handle = await start({ kind: 'light', count }, 'light');
    const result = (await handle.result()) as RunResult;
    const sum = (count * (count - 1)) / 2 + 2 * count;
    expect(result).toMatchObject({ outcome: 'succeeded', value: { count, sum, gaps: [], inOrder: true } });
    expect(shown(result.nodes)).toEqual(['match', 'make-items', 'one', 'map', 'sum']);
    expect(result.nodes.find(({ node }) => node === 'match.light/map')).toMatchObject({
      state: 'done',
      progress: { done: count, of: count },
    });
    const chunks = await chunksOf(handle);
    expect(chunks).toHaveLength(15);
    for (const id of ['light', chunks[3]!])
      expect(await stack.pawl('replay', id)).toMatchObject({ code: 0, stderr: '' });
  });

  test('runs their steps as steps of the run', async () => {
    const count = 90;
    const file = join(folder, 'work');
    const handle = await start({ kind: 'work', count, file }, 'work');
    expect(await handle.result()).toMatchObject({ value: { count, runs: ['work'], keys: count, gaps: [] } });
    expect((await lines(file)).sort()).toEqual(Array.from({ length: count }, (_, n) => String(n)).sort());
    const nodes = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
    const works = nodes.filter(({ step }) => step === 'work');
    expect(works).toHaveLength(count);
    expect(works.every(({ state, generation }) => state === 'committed' && generation === 0)).toBe(true);
    expect(works.map(({ node }) => node)).toContain('match.work/map[item-89]/work');
    const shownRun = (await stack.pawl('show', 'work')).stdout;
    expect(shownRun).toContain('90 of 90 items');
    expect(shownRun).not.toContain('map[item-');
    const all = JSON.parse((await stack.pawl('runs', '--json')).stdout) as { readonly workflowId: string }[];
    expect(all.map(({ workflowId }) => workflowId).filter((id) => id.startsWith('work'))).toEqual(['work']);
  });

  test('takes a list that is in the history, and maps inside of its items', async () => {
    const numbers = Array.from({ length: 45 }, (_, n) => n);
    const groups = Array.from({ length: 25 }, (_, n) => 'x'.repeat(n + 1));
    expect(await run({ kind: 'inline', numbers }, 'inline')).toMatchObject({
      value: { count: 45, sum: 1035, inOrder: true },
    });
    const sums = groups.map((group) => 1035 + 45 * group.length);
    const handle = await start({ kind: 'nested', numbers, groups }, 'nested');
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: sums });
    const outer = await chunksOf(handle);
    expect(outer).toHaveLength(2);
    const inner = await chunksOf(handleOf(outer[0]!));
    expect(inner).toHaveLength(20 * 3);
    for (const id of [outer[0]!, inner[0]!]) expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
  }, 90_000);

  test('is refused when the keys of its items are no keys', async () => {
    const handle = await start({ kind: 'bad-list', count: 50, bytes: 3 }, 'bad-list');
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'InvalidValue', message: expect.stringContaining('two items have the key "xxx"') },
    });
  });

  test('carries items that are large each', async () => {
    const result = await run({ kind: 'work', count: 40, bytes: 40_000, file: join(folder, 'large') }, 'large');
    expect(result).toMatchObject({ value: { count: 40, keys: 40 } });
  });
});

describe('faults in its items', () => {
  test('hold the run under their own names; the others go on; a retry finishes', async () => {
    const file = join(folder, 'held');
    const handle = await start({ kind: 'work', count: 60, file, bad: [7, 33] }, 'held');
    const held = ['match.work/map[item-33]/work', 'match.work/map[item-7]/work'];
    await until(async () => (await heldNodes('held')).length === 2 && (await lines(file)).length === 60, 20_000);
    expect((await heldNodes('held')).sort()).toEqual(held);
    expect((await handle.describe()).searchAttributes.PawlPhase).toEqual(['held']);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toMatch(/\*\*Held at match\.work\/map\[item-7\]\/work\*\*.*: 7 is bad/);
    expect(currentDetails).toMatch(/map \| \d+ of 60 \|/);
    await writeFile(`${file}-mended`, '');
    expect(await stack.pawl('retry', 'held')).toMatchObject({ code: 0 });
    expect(await handle.result()).toMatchObject({ value: { count: 60, keys: 60, gaps: [] } });
    const nodes = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
    const again = nodes.filter(({ node, generation }) => held.includes(node) && generation === 1);
    expect(again.map(({ state }) => state)).toEqual(['committed', 'committed']);
    const chunks = await chunksOf(handle);
    for (const id of ['held', chunks[0]!]) expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
  }, 60_000);

  test('are settled by a value that somebody gives', async () => {
    const file = join(folder, 'given');
    const handle = await start({ kind: 'work', count: 50, file, bad: [3] }, 'given');
    const node = 'match.work/map[item-3]/work';
    await until(async () => (await heldNodes('given')).includes(node), 20_000);
    const value = { n: 3, run: 'by hand', key: 'none' };
    await handle.executeUpdate('skip', { args: [{ node, value, by: 'ann' }] });
    expect(await handle.result()).toMatchObject({ value: { count: 50, runs: expect.arrayContaining(['by hand']) } });
  });

  test('end the run when it is aborted, and what is at work ends with it', async () => {
    const file = join(folder, 'aborted');
    const handle = await start({ kind: 'work', count: 50, file, bad: [3], ms: 60_000 }, 'aborted');
    await until(async () => (await heldNodes('aborted')).length === 1, 20_000);
    expect(await stack.pawl('abort', 'aborted')).toMatchObject({ code: 4 });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'Aborted' } });
    for (const id of await chunksOf(handle)) expect((await handleOf(id).describe()).status.name).not.toBe('RUNNING');
  });

  test('are borne as far as the whole map bears them', async () => {
    const file = join(folder, 'bears');
    const bad = [1, 22, 23, 59];
    const handle = await start({ kind: 'bears', count: 60, file, bad }, 'bears');
    const result = (await handle.result()) as RunResult;
    expect(result).toMatchObject({ outcome: 'succeeded', value: { count: 60, gaps: bad } });
    expect(result.nodes.find(({ node }) => node === 'match.bears/map')).toMatchObject({
      progress: { done: 60, of: 60, failed: 4 },
    });
    expect(result.nodes.find(({ node }) => node === 'match.bears/map[item-22]/work')).toMatchObject({
      state: 'failed',
      fault: { message: '22 is bad' },
    });
  });

  test('hold the run where there is one too many, whichever chunks they are in', async () => {
    const file = join(folder, 'too-many');
    const bad = [1, 12, 22, 23, 44, 51, 59];
    const handle = await start({ kind: 'bears', count: 60, file, bad }, 'too-many');
    await until(async () => (await heldNodes('too-many')).length === 1 && (await lines(file)).length === 60, 20_000);
    await writeFile(`${file}-mended`, '');
    expect(await stack.pawl('retry', 'too-many')).toMatchObject({ code: 0 });
    const { value } = (await handle.result()) as { value: { gaps: readonly number[] } };
    expect(value.gaps).toHaveLength(6);
    expect(bad).toEqual(expect.arrayContaining([...value.gaps]));
    expect(await stack.pawl('replay', 'too-many')).toMatchObject({ code: 0 });
  }, 60_000);

  test('of a chunk itself hold the run, which begins that chunk again', async () => {
    const file = join(folder, 'lost');
    const handle = await start({ kind: 'work', count: 60, file, ms: 2000 }, 'lost');
    await until(async () => (await lines(file)).length > 0, 20_000);
    await until(async () => (await chunksOf(handle)).length > 1);
    await handleOf((await chunksOf(handle))[1]!).terminate('an operator');
    await until(async () => (await heldNodes('lost')).length === 1);
    expect(await heldNodes('lost')).toEqual(['match.work/map/chunk-2']);
    expect(await stack.pawl('retry', 'lost')).toMatchObject({ code: 0 });
    expect(await handle.result()).toMatchObject({ value: { count: 60, keys: 60 } });
  }, 60_000);

  test('of a chunk leave what was retried in it before', async () => {
    const file = join(folder, 'lost-later');
    const handle = await start({ kind: 'work', count: 60, file, bad: [3, 5] }, 'lost-later');
    const node = (n: number) => `match.work/map[item-${n}]/work`;
    await until(async () => (await heldNodes('lost-later')).length === 2 && (await lines(file)).length === 60, 20_000);
    await writeFile(`${file}-mended`, '');
    await handle.executeUpdate('retry', { args: [{ node: node(3) }] });
    const runId = handle.firstExecutionRunId;
    const entriesOf = async (n: number) =>
      (await stack.store.journal.nodesOfRun(runId)).filter((entry) => entry.node === node(n));
    await until(async () => (await entriesOf(3))[1]?.state === 'committed', 20_000);
    await handleOf((await chunksOf(handle))[0]!).terminate('an operator');
    await until(async () => (await heldNodes('lost-later')).includes('match.work/map/chunk-1'), 20_000);
    await handle.executeUpdate('retry', { args: [{ node: 'match.work/map/chunk-1' }] });
    const result = (await handle.result()) as RunResult;
    expect(result).toMatchObject({ value: { count: 60, keys: 60, gaps: [] } });
    expect(shown(result.nodes)).toEqual(['match', 'make-items', 'map', 'runs']);
    // Each failed once, and did its work once.
    expect((await lines(file)).sort().filter((line) => ['3', '5'].includes(line))).toEqual(['3', '3', '5', '5']);
    expect((await entriesOf(3)).map(({ state }) => state)).toEqual(['claimed', 'committed']);
    expect((await entriesOf(5)).map(({ state }) => state)).toEqual(['committed']);
  }, 60_000);
});

describe('a map in chunks', () => {
  test('ends with the rejection of one of its items', async () => {
    const byStep = await run({ kind: 'work', count: 100, file: join(folder, 'rejects'), rejects: 31 }, 'rejects');
    expect(byStep).toMatchObject({ outcome: 'rejected', value: { reason: 'not this one', details: { n: 31 } } });
    const byNode = await run({ kind: 'reject', count: 100, rejects: 47, file: 'a name' }, 'rejects-node');
    expect(byNode).toMatchObject({ outcome: 'rejected', value: { at: 47, by: 'a name' } });
  });

  test('stops within three seconds when the run is cancelled, and all of its chunks with it', async () => {
    const file = join(folder, 'cancelled');
    const handle = await start({ kind: 'work', count: 100, file, ms: 60_000 }, 'cancelled');
    await until(async () => (await lines(file)).length === 16, 20_000);
    const began = Date.now();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(Date.now() - began).toBeLessThan(3000);
    const chunks = await chunksOf(handle);
    expect(chunks).toHaveLength(4);
    for (const id of chunks) expect((await handleOf(id).describe()).status.name).toBe('CANCELLED');
  });

  test('goes with a run that is terminated', async () => {
    const file = join(folder, 'terminated');
    const handle = await start({ kind: 'work', count: 100, file, ms: 60_000 }, 'terminated');
    await until(async () => (await lines(file)).length === 16, 20_000);
    await handle.terminate();
    for (const id of await chunksOf(handle))
      await until(async () => (await handleOf(id).describe()).status.name === 'TERMINATED');
  });

  test('cannot be started by hand', async () => {
    const handle = await stack.client.workflow.start(CHUNK_WORKFLOW, { taskQueue: 'pawl', workflowId: 'by-hand' });
    await expect(handle.result()).rejects.toMatchObject({ cause: { message: expect.stringContaining('for a run') } });
  });

  test('survives kill -9 of its worker: every item once', async () => {
    const file = join(folder, 'killed');
    const handle = await start({ kind: 'work', count: 100, file, ms: 100 }, 'killed');
    for (const some of [10, 40]) {
      await until(async () => (await lines(file)).length > some, 20_000);
      worker.kill('SIGKILL');
      await once(worker, 'close');
      worker = await stack.startWorker();
    }
    expect(await handle.result()).toMatchObject({ value: { count: 100, keys: 100, gaps: [] } });
    const nodes = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
    const works = nodes.filter(({ step }) => step === 'work');
    expect(works).toHaveLength(100);
    expect(works.every(({ state, generation }) => state === 'committed' && generation === 0)).toBe(true);
  }, 90_000);
});
