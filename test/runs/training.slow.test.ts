import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REUSE_MEMO } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const EPOCHS = 12;
let stack: TestStack;
let worker: ChildProcess;

beforeAll(async () => {
  stack = await startTestStack();
  expect(await stack.pawl('publish', 'test/runs/pipelines/training.ts')).toMatchObject({ code: 0 });
  worker = await stack.startWorker();
});

afterAll(() => stack.stop());

const start = (id: string) =>
  stack.client.workflow.start('training', {
    taskQueue: 'pawl',
    workflowId: id,
    args: [{ day: '2001-01-10', epochs: EPOCHS }],
    // The trainings are compared: each has to happen.
    memo: { [REUSE_MEMO]: 'off' },
  });

const modelOf = (result: unknown) => (result as { value: { folder: { digest: string }; backend: string } }).value;

describe('kill -9 of the worker while a network trains', () => {
  test('ends with the same weights as a training nobody disturbed, from its last checkpoint', async () => {
    const undisturbed = modelOf(await (await start('undisturbed')).result());
    const handle = await start('disturbed');
    const runId = handle.firstExecutionRunId;
    const epochsDone = async (): Promise<number> => {
      const checkpoints = stack.store.checkpoints({ runId, node: 'train', generation: 0, token: '' });
      return (await checkpoints.latest())?.step ?? 0;
    };
    await until(async () => (await epochsDone()) >= 3, 60_000);
    const children = childrenOf(worker.pid!);
    worker.kill('SIGKILL');
    await once(worker, 'close');
    const reached = await epochsDone();
    expect(reached).toBeLessThan(EPOCHS);
    await until(() => children.every((pid) => !isAlive(pid)), 5000);
    worker = await stack.startWorker();
    const seen = new Set<number>();
    const watching = until(async () => {
      seen.add(await epochsDone());
      return seen.has(EPOCHS);
    }, 90_000);
    const disturbed = modelOf(await handle.result());
    await watching;
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(reached);
    expect(disturbed.folder.digest).toBe(undisturbed.folder.digest);
    expect(disturbed.backend).toBe(undisturbed.backend);
  });
});

describe('cancelling while a network trains', () => {
  test('stops the training process too', async () => {
    await start('cancelled-training');
    const run = async () => stack.store.runs.latest('cancelled-training');
    await until(async () => {
      const nodes = await stack.store.journal.nodesOfRun((await run())?.runId ?? '');
      return nodes.some(({ node }) => node === 'train');
    }, 30_000);
    await until(() => childrenOf(worker.pid!).length > 0, 10_000);
    const children = childrenOf(worker.pid!);
    const cancelled = await stack.pawl('cancel', 'cancelled-training');
    expect(cancelled.code).toBe(5);
    await until(() => children.every((pid) => !isAlive(pid)), 3000);
  });
});

function childrenOf(pid: number): number[] {
  const listed = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const rows = listed
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  return rows.filter(([, parent]) => parent === pid).map(([child]) => child!);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
