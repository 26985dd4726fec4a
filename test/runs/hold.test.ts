import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRun } from '../../client/pipeline-run.js';
import type { Json } from '../../plan/json.js';
import { type NodeStatus, RunMessage } from '../../plan/protocol.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const FILES = ['held.ts', 'held-rates.ts'];
const MENDING: Edit = ['throw new Error(noRate(word))', 'return 1000'];
let stack: TestStack;
let folder: string;
let project: string;
let marks: string;
let worker: ChildProcess;
let counter = 0;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-hold-'));
  project = join(projectFolder, '.pawl', `test-hold-${process.pid}`);
  await mkdir(project, { recursive: true });
  worker = await stack.startWorker();
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
  await rm(project, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const file of FILES) await cp(join(projectFolder, 'test/runs/pipelines', file), join(project, file));
  await publish();
});

async function publish(): Promise<void> {
  const published = await stack.pawl('publish', join(project, 'held.ts'));
  expect(published).toMatchObject({ code: 0 });
}

type Edit = readonly [from: string, to: string];

/** Changes a file and publishes the pipeline. */
async function edit(file: string, ...edits: readonly Edit[]): Promise<void> {
  let text = await readFile(join(project, file), 'utf8');
  for (const [from, to] of edits) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  await writeFile(join(project, file), text);
  await publish();
}

/** A run that holds at so many words. */
async function hold(words: readonly string[], more: { breaksOnExit?: boolean } = {}) {
  counter += 1;
  marks = join(folder, `marks-${counter}`);
  const id = `held-${counter}`;
  const args = [{ words, marks, ...more }];
  const handle = await stack.client.workflow.start('held', { taskQueue: 'pawl', workflowId: id, args });
  const bad = words.filter((word) => word.startsWith('bad')).map((word) => rateNode(word));
  await until(async () => {
    const table = await nodes(handle);
    return bad.every((node) => table.some((row) => row.node === node && row.state === 'held'));
  }, 20_000);
  return { id, handle, run: openRun(handle), runId: handle.firstExecutionRunId };
}

const rateNode = (word: string): string => `rates[${word}]/rate`;
const nodes = (handle: WorkflowHandle): Promise<readonly NodeStatus[]> => handle.query(RunMessage.nodes);
const rowsOf = async (runId: string, node: string) =>
  (await stack.store.journal.nodesOfRun(runId)).filter((row) => row.node === node);

async function statusOf(handle: WorkflowHandle, node: string): Promise<NodeStatus | undefined> {
  return (await nodes(handle)).find((row) => row.node === node);
}

describe('a retry with the current code', () => {
  test('runs the held node alone with it, and says so in history, journal and table', async () => {
    const { id, handle, run, runId } = await hold(['bad-one', 'fine', 'bad-two']);
    await edit('held-rates.ts', MENDING);
    const current = await stack.store.plans.current('held');
    await run.retry({ node: rateNode('bad-one'), code: 'current', by: 'ann' });
    await until(async () => (await statusOf(handle, rateNode('bad-one')))?.state === 'done');
    expect(await statusOf(handle, rateNode('bad-one'))).toMatchObject({ plan: current!.hash });
    // The other one keeps what the run began with.
    await run.retry({ node: rateNode('bad-two') });
    await until(async () => (await rowsOf(runId, rateNode('bad-two'))).length === 2);
    await until(async () => (await statusOf(handle, rateNode('bad-two')))?.state === 'held');

    const [before, after] = await rowsOf(runId, rateNode('bad-one'));
    expect(after).toMatchObject({ generation: 1, state: 'committed', planHash: current!.hash });
    expect(after!.fingerprint).not.toBe(before!.fingerprint);
    expect((await rowsOf(runId, rateNode('bad-two')))[1]).toMatchObject({
      planHash: before!.planHash,
      fingerprint: before!.fingerprint,
    });
    const shown = await stack.pawl('show', id);
    expect(shown.stdout).toMatch(/code from plan sha256:\w{12} at an operator's retry/);

    const retried = await stack.pawl('retry', id, '--code', 'current', '--json');
    expect(JSON.parse(retried.stdout)).toMatchObject({ outcome: 'succeeded', result: { sum: 2004 } });
    expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
  });

  test('offers its output under the code that ran', async () => {
    const { handle, run, runId } = await hold(['bad-shared']);
    await edit('held-rates.ts', MENDING);
    await run.retry({ code: 'current' });
    await handle.result();
    const again = await stack.client.workflow.start('held', {
      taskQueue: 'pawl',
      workflowId: `again-${counter}`,
      args: [{ words: ['bad-shared'], marks }],
    });
    expect(await again.result()).toMatchObject({ outcome: 'succeeded' });
    expect((await rowsOf(again.firstExecutionRunId, rateNode('bad-shared')))[0]).toMatchObject({
      reusedFrom: { runId },
    });
  });

  test('is refused with the reason, and changes nothing', async () => {
    const { run, runId } = await hold(['bad-kept']);
    await expect(run.retry({ code: 'current' })).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('publish the mended pipeline first'),
    });
    const call = 'rate({ word, marks })';
    const refusals: readonly (readonly [readonly Edit[], string])[] = [
      [
        [
          ["'rate',", "'price',"],
          [call, "rate({ word, marks }, { id: 'rate' })"],
        ],
        'has another step there, "price" and not "rate"',
      ],
      [[[call, "rate({ word, marks: 'elsewhere' })"]], 'gives it other inputs: marks'],
      [[[call, "rate({ word, marks }, { id: 'price' })"]], 'has no node of that id. Did you mean "rates/price"?'],
    ];
    for (const [edits, says] of refusals) {
      await cp(join(projectFolder, 'test/runs/pipelines/held.ts'), join(project, 'held.ts'));
      await edit('held.ts', ...edits);
      await expect(run.retry({ code: 'current' })).rejects.toMatchObject({
        type: 'Conflict',
        message: expect.stringContaining(says),
      });
    }
    expect(await rowsOf(runId, rateNode('bad-kept'))).toHaveLength(1);
    await run.abort();
  });
});

describe('a skip', () => {
  test('gives a step in a map its output, checked, recorded, and read by later runs', async () => {
    const { id, run, runId } = await hold(['fine', 'bad-one']);
    const node = rateNode('bad-one');
    const wrong: readonly (readonly [Json, string])[] = [
      [{ word: 'x', rate: -1 }, 'Too small'],
      [{ word: 'x', rate: 1, colour: 'red' }, 'colour'],
      ['a text', 'expected object'],
    ];
    for (const [value, says] of wrong) {
      await expect(run.skip({ node, value })).rejects.toMatchObject({
        type: 'InvalidValue',
        message: expect.stringContaining(says),
      });
    }
    expect(await rowsOf(runId, node)).toMatchObject([{ generation: 0, state: 'claimed', note: null }]);

    const value = JSON.stringify({ word: 'bad-one', rate: 7 });
    const skipped = await stack.pawl('skip', id, '--value', value, '--reason', 'as last year', '--by', 'ann', '--json');
    expect(JSON.parse(skipped.stdout)).toMatchObject({
      outcome: 'succeeded',
      result: { sum: 11, notes: ['rated', 'no note'] },
    });
    expect(await rowsOf(runId, node)).toMatchObject([
      {
        generation: 0,
        state: 'committed',
        output: { word: 'bad-one', rate: 7, note: 'no note' },
        note: { given: { by: 'ann', reason: 'as last year', at: expect.any(String) } },
        cache: null,
        reusedFrom: null,
      },
    ]);
    expect((await stack.pawl('show', id)).stdout).toMatch(/given.*by ann: as last year/);
    expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });

    const later = await stack.client.workflow.start('held', {
      taskQueue: 'pawl',
      workflowId: `later-${counter}`,
      args: [{ words: ['fine'], marks }],
    });
    expect(await later.result()).toMatchObject({ value: { before: { word: 'bad-one', rate: 7 } } });
  });

  test('spills a large value, and is not offered for reuse', async () => {
    const { handle, run } = await hold(['bad-large']);
    const node = rateNode('bad-large');
    await run.skip({ node, value: { word: 'bad-large', rate: 1, note: 'n'.repeat(100_000) } });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { notes: ['n'.repeat(20)] } });
    const again = await hold(['bad-large']);
    expect(await readFile(marks, 'utf8')).toBe('rate bad-large\n');
    await again.run.abort();
  });

  test('and a retry decide about two faults of one run, each for itself', async () => {
    const { handle, run, id } = await hold(['bad-a', 'bad-b']);
    await expect(run.skip({ value: { word: 'x', rate: 1 } })).rejects.toMatchObject({
      message: expect.stringContaining('2 nodes are held: say which'),
    });
    await expect(run.skip({ node: 'rates[bad-c]/rate', value: 1 })).rejects.toMatchObject({
      message: expect.stringMatching(/is not held.*Did you mean/),
    });
    await edit('held-rates.ts', MENDING);
    await Promise.all([
      run.skip({ node: rateNode('bad-a'), value: { word: 'bad-a', rate: 1 }, by: 'ann' }),
      run.retry({ node: rateNode('bad-b'), code: 'current' }),
    ]);
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { sum: 1001 } });
    expect(await stack.store.runs.latest(id)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
  });

  test('of a step that runs on exit is refused: nobody is asked there', async () => {
    const { handle, run } = await hold(['bad-x'], { breaksOnExit: true });
    await expect(run.skip({ node: 'on-exit/farewell', value: { said: 'x' } })).rejects.toMatchObject({
      type: 'Conflict',
      message: expect.stringContaining('is not held'),
    });
    await run.skip({ node: rateNode('bad-x'), value: { word: 'bad-x', rate: 2 } });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('an abort', () => {
  test('names who and why, and the nodes that were held', async () => {
    const { id } = await hold(['bad-y']);
    const aborted = await stack.pawl('abort', id, '--by', 'ann', '--reason', 'no use', '--json');
    expect(aborted.code).toBe(4);
    expect(JSON.parse(aborted.stdout)).toMatchObject({
      outcome: 'aborted',
      faults: [{ node: rateNode('bad-y') }, { type: 'Aborted', message: 'aborted by ann: no use' }],
    });
    expect(await stack.store.runs.latest(id)).toMatchObject({
      outcome: 'aborted',
      error: [{ node: rateNode('bad-y') }, { message: 'aborted by ann: no use' }],
    });
  });

  test('that comes in the same moment as a retry ends the run all the same', async () => {
    const { handle, run } = await hold(['bad-o']);
    // Nobody listens until both are there.
    worker.kill('SIGKILL');
    await once(worker, 'close');
    const retried = run.retry({}).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const aborted = run.abort({ by: 'ann', reason: 'enough' });
    worker = await stack.startWorker();
    await Promise.all([retried, aborted]);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'Aborted', message: 'aborted by ann: enough' },
    });
  });
});

test('an abort ends a run that is not held, and stops what it has at work', async () => {
  expect(await stack.pawl('publish', 'test/runs/pipelines/marks.ts')).toMatchObject({ code: 0 });
  const file = join(folder, 'abort-at-work');
  const args = [{ file, waitMs: 60_000 }];
  const handle = await stack.client.workflow.start('marks', { taskQueue: 'pawl', workflowId: 'at-work', args });
  await until(async () => (await readFile(file, 'utf8').catch(() => '')) !== '', 20_000);
  const aborted = await stack.pawl('abort', 'at-work', '--by', 'ann', '--reason', 'wrong month', '--json');
  expect(JSON.parse(aborted.stdout)).toMatchObject({ outcome: 'aborted' });
  await expect(handle.result()).rejects.toMatchObject({ cause: { message: 'aborted by ann: wrong month' } });
  await expect(openRun(handle).abort()).rejects.toMatchObject({ type: 'UnknownRun' });
  expect(await stack.pawl('replay', 'at-work')).toMatchObject({ code: 0 });
}, 60_000);

test('a request that says something else than its sender meant is refused', async () => {
  const { handle, run } = await hold(['bad-z']);
  const update = (name: string, input: object) => handle.executeUpdate(name, { args: [input] });
  const wrong: readonly (readonly [string, object, string])[] = [
    ['retry', { nod: 'x' }, 'has no field "nod"'],
    ['retry', { code: 'newest' }, '"code" must be pinned or current'],
    ['skip', { node: rateNode('bad-z') }, '"value" must say'],
    ['skip', { node: rateNode('bad-z'), value: 1, by: ' ' }, '"by" must say who'],
    ['abort', { why: 'x' }, 'has no field "why"'],
  ];
  for (const [name, input, says] of wrong) {
    await expect(update(name, input)).rejects.toMatchObject({ cause: { message: expect.stringContaining(says) } });
  }
  await run.abort();
});
