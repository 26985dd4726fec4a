import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunResult } from '../../plan/protocol.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  const published = await stack.pawl('publish', 'test/runs/pipelines/limits.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
  await stack.startWorker();
}, 60_000);

afterAll(() => stack.stop());

const start = (params: object, workflowId: string) =>
  stack.client.workflow.start('limits', { taskQueue: 'pawl', workflowId, args: [params] });

describe('texts of several bytes a character', () => {
  test.each([
    ['input', 500_000, 'the input of "match.input/join" has'],
    ['result', 300_000, "the pipeline's result has"],
    ['reject', 300_000, 'what the run was rejected with has'],
  ])('fail the run by their bytes where they are too large: %s', async (kind, length, message) => {
    const handle = await start({ kind, text: '鳥'.repeat(length) }, `bytes-${kind}`);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'InvalidValue', message: expect.stringContaining(message) },
    });
    expect((await handle.describe()).memo).toMatchObject({ outcome: 'failed' });
  });
});

describe('many long faults', () => {
  // More would be left to chunks, which tell the run of a hundred at most.
  const items = Array.from({ length: 200 }, (_, n) => n);

  test('end with the run, which says of how many nodes it tells', async () => {
    const handle = await start({ kind: 'faults', items, length: 7000 }, 'many-faults');
    const result = (await handle.result()) as RunResult;
    expect(result).toMatchObject({ outcome: 'succeeded', value: items.map(() => null) });
    expect(result.nodes.filter(({ state }) => state === 'failed')).toHaveLength(200);
    const { memo } = (await handle.describe()) as { memo?: { result: RunResult } };
    const { nodes, omitted = 0 } = memo!.result;
    expect(nodes.length + omitted).toBe(result.nodes.length);
    expect(JSON.stringify(nodes).length).toBeLessThan(64 * 1024);
  }, 60_000);
});

describe('what people send', () => {
  test('is refused where it is too large, and the run goes on', async () => {
    const handle = await start({ kind: 'event' }, 'large-event');
    const send = (text: string) =>
      handle.executeUpdate<string, [object]>('send', { args: [{ node: 'match.event/event', value: { text } }] });
    for (const size of [2_090_000, 250_000])
      await expect(send('x'.repeat(size))).rejects.toMatchObject({
        cause: { type: 'InvalidInput', message: expect.stringContaining('at most 250000 bytes') },
      });
    const sent = await Promise.all(
      Array.from({ length: 6 }, () => send('x'.repeat(240_000)).catch(({ cause }) => cause.message)),
    );
    expect(sent.filter((answer) => answer.includes('the event is there'))).toHaveLength(1);
    for (const answer of sent)
      expect(answer).toMatch(
        /the event is there|has its event already|will not be reached|the run ended before|is at its end/,
      );
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('keys of items', () => {
  test('with characters that are long in JSON name nodes too', async () => {
    const keys = ['\u0001'.repeat(150), '"'.repeat(150), '鳥'.repeat(150), '[a]', 'a', 'a]/each[1', 'a] /each[1', 'a]'];
    const handle = await start({ kind: 'keys', keys, items: [1] }, 'odd-keys');
    expect(await handle.result()).toMatchObject({
      outcome: 'succeeded',
      value: keys.map(({ length }) => ({ own: length, inner: [length + 1] })),
    });
  });

  test.each([
    ['a\0', 'has a character that no database keeps'],
    ['\ud83d', 'has a character that no database keeps'],
  ])('that cannot be kept are refused: %j', async (key, message) => {
    const handle = await start({ kind: 'keys', keys: ['a', key], items: [1] }, `bad-key-${message}-${key.length}`);
    await expect(handle.result()).rejects.toMatchObject({
      cause: { type: 'InvalidValue', message: expect.stringContaining(message) },
    });
  });
});

describe('the end of a full workflow task', () => {
  test('is not taken from the others when the part that asked for it is stopped', async () => {
    expect(
      await runWorkflow(`
        const budget = new Budget();
        const part = new CancellationScope();
        const first = part.run(() => budget.spent(2000, 0)).then(() => 'went on', String);
        part.cancel();
        const other = Promise.resolve(budget.spent(2000, 0)).then(() => 'went on', String);
        const ends = [await first, await other];
        await sleep(1);
        return [...ends, await Promise.resolve(budget.spent(2000, 0)).then(() => 'went on', String)];
      `),
    ).toEqual(['went on', 'went on', 'went on']);
  });

  test('ends what was stopped meanwhile', async () => {
    expect(
      await runWorkflow(`
        const budget = new Budget();
        const part = new CancellationScope();
        const ended = part.run(async () => { await budget.spent(2000, 0); endIfStopped(); return 'went on'; }).catch(String);
        part.cancel();
        return ended;
      `),
    ).toContain('stopped between two workflow tasks');
  });
});

/** Runs the body of a workflow in Temporal's sandbox. */
async function runWorkflow(body: string): Promise<unknown> {
  await mkdir(join(projectFolder, '.pawl'), { recursive: true });
  const folder = await mkdtemp(join(projectFolder, '.pawl', 'test-budget-'));
  const connection = await NativeConnection.connect({ address: stack.stack.temporalAddress });
  try {
    const workflowsPath = join(folder, 'workflow.js');
    const imports = `import { CancellationScope, sleep } from '@temporalio/workflow';
      import { Budget, endIfStopped } from '../../dist/workflows/budget.js';`;
    await writeFile(workflowsPath, `${imports} export async function tried() { ${body} }`);
    const quiet = () => {};
    const logger = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error, log: quiet };
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
    const worker = await Worker.create({ connection, taskQueue: folder, workflowBundle });
    const workflow = { workflowId: folder, taskQueue: folder };
    return await worker.runUntil(stack.client.workflow.execute('tried', workflow));
  } finally {
    await connection.close();
    await rm(folder, { recursive: true, force: true });
  }
}
