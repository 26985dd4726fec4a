import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentOf } from '../../worker/embedded-environment.js';
import { settleRun } from '../../worker/runs/settle-runs.js';
import { startWorker } from '../../worker/start-worker.js';
import { cleanScratch, ownScratch } from '../../worker/sweep/clean-scratch.js';
import { closeRuns } from '../../worker/sweep/close-runs.js';
import { folderOf, scratchOwner } from '../../worker/sweep/scratch-owner.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-sweep-'));
  expect(await stack.pawl('publish', 'test/runs/pipelines/outcomes.ts')).toMatchObject({ code: 0 });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startedRun(id: string) {
  const handle = await stack.client.workflow.start('outcomes', {
    taskQueue: 'pawl',
    workflowId: id,
    args: [{ way: 'endless' }],
  });
  await until(async () => {
    const run = await stack.store.runs.latest(id);
    return run !== null && (await stack.store.journal.nodesOfRun(run.runId)).length > 0;
  }, 20_000);
  return handle;
}

describe('a run that was terminated', () => {
  test('gets its outcome from a worker, and its attempt is fenced and stops', async () => {
    const worker = await startWorker({ environment: environmentOf(stack.stack), sweepMs: 500, logLevel: 'ERROR' });
    try {
      const handle = await startedRun('swept');
      const [claimed] = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
      await handle.terminate('by hand');
      await until(async () => (await stack.store.runs.latest('swept'))?.phase === 'closed', 25_000);
      const run = await stack.store.runs.latest('swept');
      expect(run).toMatchObject({ outcome: 'aborted', error: [{ message: 'terminated in Temporal: by hand' }] });
      const key = { runId: handle.firstExecutionRunId, node: claimed!.node, generation: 0 };
      await expect(
        stack.store.journal.commit({ key, token: '00000000-0000-4000-8000-000000000000', output: { n: 1 } }),
      ).rejects.toMatchObject({ type: 'Fenced' });
      expect(await stack.store.journal.fence(handle.firstExecutionRunId)).toBe(1);
    } finally {
      await worker.stop();
    }
  });

  test('is closed once, whoever comes first, and a run at work stays open', async () => {
    const worker = await startWorker({
      environment: environmentOf(stack.stack),
      sweepMs: 3_600_000,
      logLevel: 'ERROR',
    });
    try {
      const [gone, open] = await Promise.all([startedRun('gone'), startedRun('open')]);
      await gone.terminate('by hand');
      await until(async () => {
        await Promise.all([closeRuns(stack.client, stack.store), closeRuns(stack.client, stack.store)]);
        return (await stack.store.runs.latest('gone'))?.phase === 'closed';
      }, 25_000);
      expect(await stack.store.runs.latest('open')).toMatchObject({ phase: 'running' });
      await open.terminate();
    } finally {
      await worker.stop();
    }
  });
});

describe('a run that Temporal does not know', () => {
  const forgottenRun = (startedAt: Date) => ({
    runId: randomUUID(),
    workflowId: 'forgotten',
    pipeline: 'outcomes',
    planHash: null,
    params: {},
    nominalTime: startedAt.toISOString(),
    startedAt: startedAt.toISOString(),
  });
  const settling = (retentionMs: number) => ({ client: stack.client, store: stack.store, retentionMs });

  test('failed, when Temporal has had the time to forget it', async () => {
    const start = forgottenRun(new Date(Date.now() - 3_600_000));
    await stack.store.runs.start(start);
    const run = (await stack.store.runs.run(start.runId))!;
    expect(await settleRun(run, settling(60_000))).toMatchObject({ outcome: 'failed', error: [{ type: 'Forgotten' }] });
    expect(await stack.store.runs.run(start.runId)).toMatchObject({ phase: 'closed', outcome: 'failed' });
  });

  test('stays open, when it cannot have been forgotten yet', async () => {
    const start = forgottenRun(new Date());
    await stack.store.runs.start(start);
    const run = (await stack.store.runs.run(start.runId))!;
    expect(await settleRun(run, settling(60_000))).toMatchObject({ phase: 'running' });
  });
});

describe('scratch folders', () => {
  const GONE_PID = 2 ** 22 + 1;

  test('of processes that are gone are removed; those of others stay', async () => {
    const own = await ownScratch(folder);
    const here = (await scratchOwner(process.pid))!;
    const parent = (await scratchOwner(process.ppid))!;
    const folders = {
      gone: folderOf({ ...here, pid: GONE_PID }),
      reused: folderOf({ ...here, started: '00000000' }),
      alive: folderOf(parent),
      elsewhere: folderOf({ ...here, space: '00000000' }),
      longAgo: folderOf({ ...here, space: '11111111' }),
    };
    for (const name of Object.values(folders)) {
      await mkdir(join(folder, name, 'attempt-x'), { recursive: true });
      await writeFile(join(folder, name, 'attempt-x', 'rows.parquet'), 'x');
    }
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(join(folder, folders.longAgo), longAgo, longAgo);
    await mkdir(join(folder, 'serving'));
    await cleanScratch(folder, own);
    const expected = [own.slice(folder.length + 1), folders.alive, folders.elsewhere, 'serving'].sort();
    expect((await readdir(folder)).sort()).toEqual(expected);
  });
});

describe('the turn of a chore', () => {
  test('is one worker of many, and comes again after its time', async () => {
    const take = () => stack.store.chores.take({ name: 'test', everyMs: 300, worker: 'w' });
    const first = await Promise.all(Array.from({ length: 8 }, take));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await take()).toBe(false);
    await until(take, 2000);
  });
});
