import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serverPids } from '../support/server-pids.js';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
let worker: ChildProcess;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-kills-'));
  for (const name of ['marks', 'folded', 'release'])
    expect(await stack.pawl('publish', `test/runs/pipelines/${name}.ts`)).toMatchObject({ code: 0 });
});

afterEach(() => {
  if (worker.exitCode === null) worker.kill('SIGKILL');
});

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('kill -9 of the worker', () => {
  test('in the middle of a step: the run finishes, nothing recorded runs again, every commit happens once', async () => {
    const { handle, file } = await startMarks('worker-step', 4000);
    await until(async () => (await marks(file)).length === 2, 20_000);
    await killWorker();
    worker = await stack.startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { word: 'first' } });
    await expectOneCommitEach(handle.firstExecutionRunId);
    // `second` was cut off and had to begin anew; what was recorded before it did not.
    expect(await marks(file)).toEqual(['first', 'first', 'first', 'first']);
  });

  test('in the middle of a reduce: it goes on with the item it was at', async () => {
    worker = await stack.startWorker();
    const file = join(folder, 'reduce');
    const words = ['a', 'b', 'c', 'd'];
    const handle = await stack.client.workflow.start('folded', {
      taskQueue: 'pawl',
      workflowId: 'reduce',
      args: [{ file, words, waitMs: 1500 }],
    });
    await until(async () => (await marks(file)).length === 2, 20_000);
    await killWorker();
    worker = await stack.startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { word: 'd' } });
    expect(await marks(file)).toEqual(['a', 'b', 'b', 'c', 'd']);
    const nodes = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
    expect(nodes.map(({ node, state }) => [node, state])).toEqual(
      words.map((word) => [`reduce[${word}]/mark`, 'committed']),
    );
  });

  test('between two approvers, and before the second is recorded: both count, and are recorded once', async () => {
    worker = await stack.startWorker();
    const handle = await stack.client.workflow.start('release', {
      taskQueue: 'pawl',
      workflowId: 'approved-twice',
      args: [{ n: 1 }],
    });
    const approve = (by: string, role: string) =>
      handle.executeUpdate('approve', { args: [{ node: 'release', by, role, value: { level: 2 } }] });
    expect(await approve('ann', 'owner')).toContain('1 of 2 have approved');
    await killWorker();
    worker = await stack.startWorker();
    await expect(approve('ann', 'owner')).rejects.toThrow();
    expect(await approve('bob', 'reviewer')).toContain('2 of 2 have approved');
    await killWorker();
    worker = await stack.startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
    expect(await stack.store.decisions.ofRun(handle.firstExecutionRunId)).toMatchObject([
      { node: 'release', nth: 0, by: 'ann', role: 'owner', approved: true, proof: 'claimed' },
      { node: 'release', nth: 1, by: 'bob', role: 'reviewer', approved: true, proof: 'claimed' },
    ]);
  });

  test('again and again at random moments: the result is the same', async () => {
    const { handle, file } = await startMarks('worker-random', 300);
    let done = false;
    const result = handle.result().finally(() => {
      done = true;
    });
    for (let kills = 0; kills < 5 && !done; kills += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 500));
      await killWorker();
      worker = await stack.startWorker();
    }
    expect(await result).toMatchObject({ outcome: 'succeeded', value: { word: 'first' } });
    await expectOneCommitEach(handle.firstExecutionRunId);
    expect((await marks(file)).length).toBeGreaterThanOrEqual(3);
  });
});

describe('kill -9 of a server', () => {
  for (const server of ['postgres', 'temporal'] as const) {
    test(`${server}: it comes back, and the run finishes`, async () => {
      const { handle, file } = await startMarks(`kill-${server}`, 2000);
      await until(async () => (await marks(file)).length === 2, 20_000);
      for (const pid of await serverPids(stack.stack, server)) process.kill(pid, 'SIGKILL');
      await until(
        () =>
          handle
            .describe()
            .then(({ status }) => status.name === 'COMPLETED')
            .catch(() => false),
        90_000,
      );
      expect(await handle.result()).toMatchObject({ outcome: 'succeeded' });
      await until(
        () =>
          expectOneCommitEach(handle.firstExecutionRunId).then(
            () => true,
            () => false,
          ),
        20_000,
      );
      expect((await marks(file)).length).toBe(3);
    });
  }
});

describe('a run in progress', () => {
  test('keeps its plan and code while its files are edited and deleted; the next run uses the new ones', async () => {
    const project = join(projectFolder, '.pawl', `test-${process.pid}`);
    const source = join(project, 'marks.ts');
    try {
      await mkdir(project, { recursive: true });
      for (const file of ['marks.ts', 'steps.ts'])
        await cp(join(projectFolder, 'test/runs/pipelines', file), join(project, file));
      await stack.pawl('publish', source);
      const { handle, file } = await startMarks('edited', 3000);
      await until(async () => (await marks(file)).length === 2, 20_000);
      await writeFile(source, (await readFile(source, 'utf8')).replace('word: second.word', "word: 'new code'"));
      expect(await stack.pawl('publish', source)).toMatchObject({ code: 0 });
      await rm(project, { recursive: true });
      expect(await handle.result()).toMatchObject({ value: { word: 'first' } });
      const next = await stack.client.workflow.start('marks', {
        taskQueue: 'pawl',
        workflowId: 'edited-next',
        args: [{ file }],
      });
      expect(await next.result()).toMatchObject({ value: { word: 'new code' } });
      expect(await stack.pawl('replay', 'edited')).toMatchObject({ code: 0 });
    } finally {
      await rm(project, { recursive: true, force: true });
    }
  });
});

async function startMarks(id: string, waitMs: number) {
  const file = join(folder, id);
  worker = await stack.startWorker();
  const handle = await stack.client.workflow.start('marks', {
    taskQueue: 'pawl',
    workflowId: id,
    args: [{ file, waitMs }],
  });
  return { handle, file };
}

async function killWorker(): Promise<void> {
  worker.kill('SIGKILL');
  await once(worker, 'close');
}

/** The words written, one for each call of the step's function. */
async function marks(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ')[0]!);
}

async function expectOneCommitEach(runId: string): Promise<void> {
  const nodes = await stack.store.journal.nodesOfRun(runId);
  expect(nodes.map(({ node, state, generation }) => ({ node, state, generation }))).toEqual(
    ['first', 'second', 'third'].map((node) => ({ node, state: 'committed', generation: 0 })),
  );
}
