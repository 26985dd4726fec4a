import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openRun } from '../../client/pipeline-run.js';
import { type NodeStatus, RunMessage } from '../../plan/protocol.js';
import { chunksOf } from '../support/chunks.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const FILES = ['held.ts', 'held-rates.ts'];
/** Twelve words in three chunks. */
const WORDS = ['a', 'bad-one', 'c', 'd', 'e', 'f', 'bad-two', 'h', 'i', 'j', 'k', 'l'];
let stack: TestStack;
let folder: string;
let project: string;
let marks: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-big-maps-retry-'));
  project = join(projectFolder, '.pawl', `test-big-maps-retry-${process.pid}`);
  await mkdir(project, { recursive: true });
  process.env.PAWL_CHUNK_ITEMS = '4';
  await stack.startWorker();
}, 60_000);

afterAll(async () => {
  delete process.env.PAWL_CHUNK_ITEMS;
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
  await rm(project, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const file of FILES) await cp(join(projectFolder, 'test/runs/pipelines', file), join(project, file));
  await publish();
});

/** @returns the hash of the plan. */
async function publish(): Promise<string> {
  expect(await stack.pawl('publish', join(project, 'held.ts'))).toMatchObject({ code: 0 });
  return (await stack.store.plans.current('held'))!.hash;
}

/** Publishes the pipeline with another thing to do for a word without a rate. @returns the hash of the plan. */
async function publishWith(statement: string): Promise<string> {
  const file = join(project, 'held-rates.ts');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/^( {2}if \(word\.startsWith\('bad'\)\)).*$/m, `$1 ${statement};`));
  return publish();
}

const node = (word: string): string => `rates[${word}]/rate`;
const nodesOf = (id: string) => stack.client.workflow.getHandle(id).query<readonly NodeStatus[]>(RunMessage.nodes);
const statusIn = async (id: string, word: string) => (await nodesOf(id)).find((row) => row.node === node(word));
const isHeld = async (id: string, word: string) => (await statusIn(id, word))?.state === 'held';
const rowsOf = async (runId: string, word: string) =>
  (await stack.store.journal.nodesOfRun(runId)).filter((row) => row.node === node(word));
const timesRun = async (word: string) =>
  (await readFile(marks, 'utf8')).split('\n').filter((line) => line === `rate ${word}`).length;

/** A run that holds at two items. @param words Default: the two are in two chunks. */
async function hold(id: string, words: readonly string[] = WORDS) {
  marks = join(folder, id);
  const args = [{ words, marks }];
  const handle = await stack.client.workflow.start('held', { taskQueue: 'pawl', workflowId: id, args });
  await until(async () => (await isHeld(id, 'bad-one')) && (await isHeld(id, 'bad-two')), 20_000);
  const chunks = await chunksOf(handle);
  expect(chunks).toHaveLength(3);
  return { handle, chunks, run: openRun(handle), runId: handle.firstExecutionRunId };
}

describe('a retry with the current code of an item in a chunk', () => {
  test('runs that item alone with it, and says so in the journal and the tables', async () => {
    const { handle, chunks, run, runId } = await hold('one');
    const plan = await publishWith('return 1000');
    const retried = await stack.pawl('retry', 'one', '--node', node('bad-one'), '--code', 'current', '--by', 'ann');
    expect(retried).toMatchObject({ code: 2 });
    await until(async () => (await rowsOf(runId, 'bad-one'))[1]?.state === 'committed', 20_000);
    // The other one keeps what the run began with.
    await run.retry({ node: node('bad-two') });
    await until(async () => (await rowsOf(runId, 'bad-two')).length === 2 && (await isHeld('one', 'bad-two')), 20_000);

    const [before, after] = await rowsOf(runId, 'bad-one');
    expect(after).toMatchObject({ generation: 1, planHash: plan, output: { rate: 1000 } });
    expect(after!.fingerprint).not.toBe(before!.fingerprint);
    const { planHash, fingerprint } = before!;
    expect((await rowsOf(runId, 'bad-two'))[1]).toMatchObject({ state: 'claimed', planHash, fingerprint });
    expect(await statusIn(chunks[0]!, 'bad-one')).toMatchObject({ state: 'done', plan });
    expect((await stack.pawl('show', 'one')).stdout).toMatch(
      /rates\[bad-one\]\/rate +done.*code from plan sha256:\w{12} at an operator's retry/,
    );

    await run.retry({ code: 'current' });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { sum: 2010 } });
    const shown = (await stack.pawl('show', 'one')).stdout;
    expect(shown.match(/code from plan/g)).toHaveLength(2);
    for (const word of WORDS) expect(await timesRun(word)).toBe({ 'bad-one': 2, 'bad-two': 3 }[word] ?? 1);
    for (const id of ['one', ...chunks]) expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
  }, 60_000);

  test('stays with that code when it is held again', async () => {
    const { handle, run, runId } = await hold('again');
    const plan = await publishWith("throw new Error('not yet')");
    await run.retry({ node: node('bad-one'), code: 'current' });
    await until(async () => (await statusIn('again', 'bad-one'))?.fault?.message === 'not yet', 20_000);
    expect(await statusIn('again', 'bad-one')).toMatchObject({ state: 'held', plan });
    await expect(run.retry({ node: node('bad-one'), code: 'current' })).rejects.toMatchObject({ type: 'Conflict' });
    await run.retry({ node: node('bad-one') });
    await until(
      async () => (await rowsOf(runId, 'bad-one')).length === 3 && (await isHeld('again', 'bad-one')),
      20_000,
    );
    expect((await rowsOf(runId, 'bad-one'))[2]).toMatchObject({ generation: 2, planHash: plan });
    await publishWith('return 1');
    await run.retry({ code: 'current' });
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { sum: 12 } });
    expect(await stack.pawl('replay', 'again')).toMatchObject({ code: 0 });
  }, 60_000);
});

test('a chunk that is lost begins again with what was retried in it: committed outputs and other code stay', async () => {
  // Both are in the first chunk.
  const words = ['a', 'bad-one', 'bad-two', 'c', ...WORDS.slice(4, 6), ...WORDS.slice(7)];
  const { handle, chunks, run, runId } = await hold('lost', words);
  const unmended = await publishWith("throw new Error('not yet')");
  await run.retry({ node: node('bad-two'), code: 'current' });
  await until(async () => (await statusIn('lost', 'bad-two'))?.fault?.message === 'not yet', 20_000);
  const plan = await publishWith('return 1000');
  await run.retry({ node: node('bad-one'), code: 'current' });
  await until(async () => (await rowsOf(runId, 'bad-one'))[1]?.state === 'committed', 20_000);
  await stack.client.workflow.getHandle(chunks[0]!).terminate('an operator');
  const heldNodes = async () => (await nodesOf('lost')).flatMap((row) => (row.state === 'held' ? [row.node] : []));
  await until(async () => (await heldNodes()).includes('rates/chunk-1'), 20_000);
  expect(await heldNodes()).toEqual(['rates/chunk-1']);
  expect(await statusIn('lost', 'bad-two')).toBeUndefined();

  await run.retry({ node: 'rates/chunk-1' });
  await until(() => isHeld('lost', 'bad-two'), 20_000);
  expect(await heldNodes()).toEqual([node('bad-two')]);
  expect(await statusIn('lost', 'bad-two')).toMatchObject({ plan: unmended, fault: { message: 'not yet' } });
  await run.retry({ code: 'current' });
  expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { sum: 2009 } });
  const generations = async (word: string) =>
    (await rowsOf(runId, word)).map(({ generation, state, planHash }) => [generation, state, planHash]);
  const { planHash } = (await rowsOf(runId, 'a'))[0]!;
  expect(await generations('bad-one')).toEqual([
    [0, 'claimed', planHash],
    [1, 'committed', plan],
  ]);
  expect(await generations('bad-two')).toEqual([
    [0, 'claimed', planHash],
    [1, 'claimed', unmended],
    [2, 'committed', plan],
  ]);
  for (const word of words) expect(await timesRun(word)).toBe({ 'bad-one': 2, 'bad-two': 4 }[word] ?? 1);
  for (const id of ['lost', ...(await chunksOf(handle))])
    expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
}, 90_000);

test('a chunk that is lost begins again with what was given in it, to light steps too', async () => {
  expect(await stack.pawl('publish', 'test/runs/pipelines/light-items.ts')).toMatchObject({ code: 0 });
  const words = ['a', 'bad-one', 'bad-two', 'd', 'e'];
  const file = join(folder, 'rates-are-there');
  const args = [{ words, file }];
  const handle = await stack.client.workflow.start('light-items', { taskQueue: 'pawl', workflowId: 'light', args });
  await until(async () => (await isHeld('light', 'bad-one')) && (await isHeld('light', 'bad-two')), 20_000);
  const run = openRun(handle);
  await run.skip({ node: node('bad-one'), value: { rate: 1000 } });
  await writeFile(file, '');
  const [chunk] = await chunksOf(handle);
  await stack.client.workflow.getHandle(chunk!).terminate('an operator');
  await until(async () => (await nodesOf('light')).some((row) => row.node === 'rates/chunk-1'), 20_000);
  await run.retry({ node: 'rates/chunk-1' });
  expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: [1, 1000, 7, 1, 1] });
  for (const id of ['light', ...(await chunksOf(handle))])
    expect(await stack.pawl('replay', id)).toMatchObject({ code: 0 });
}, 60_000);
