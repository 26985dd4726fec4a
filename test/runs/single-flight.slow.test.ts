import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeStatus, RunMessage } from '../../plan/protocol.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;
let folder: string;
const workers: ChildProcess[] = [];
const NODE = 'match.dear/dear';

beforeAll(async () => {
  stack = await startTestStack();
  folder = await mkdtemp(join(tmpdir(), 'pawl-same-work-'));
  const published = await stack.pawl('publish', 'test/runs/pipelines/same-work.ts');
  expect(published, published.stderr).toMatchObject({ code: 0 });
  workers.push(await stack.startWorker(), await stack.startWorker());
}, 90_000);

afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(name: string, run: string) {
  const file = join(folder, name);
  const args = [{ kind: 'dear', file, until: `${file}.gate` }];
  return stack.client.workflow.start('same-work', { taskQueue: 'pawl', workflowId: `${name}-${run}`, args });
}

const ran = async (name: string) => (await readFile(join(folder, name), 'utf8').catch(() => '')).match(/dear/g) ?? [];
const letGo = (name: string) => writeFile(join(folder, `${name}.gate`), '');
const waits = async (handle: Awaited<ReturnType<typeof start>>): Promise<boolean> =>
  (await handle.query<readonly NodeStatus[]>(RunMessage.nodes)).some(({ state }) => state === 'waiting');

/** Kills the worker at which a run's node is, and starts another one. @returns when, in milliseconds. */
async function killWorkerOf(runId: string): Promise<number> {
  const [entry] = await stack.store.journal.nodesOfRun(runId);
  const at = workers.findIndex(({ pid }) => entry!.worker === `${hostname()}:${pid}`);
  const [worker] = workers.splice(at, 1);
  const ended = once(worker!, 'close');
  worker!.kill('SIGKILL');
  await ended;
  const killed = Date.now();
  workers.push(await stack.startWorker());
  return killed;
}

describe('kill -9 of the worker at which the work is', () => {
  test('the work goes on, once, and those who waited take its output over', async () => {
    const first = await start('killed', 'a');
    await until(async () => (await ran('killed')).length === 1, 20_000);
    const others = await Promise.all(['b', 'c', 'd'].map((run) => start('killed', run)));
    await until(async () => (await Promise.all(others.map(waits))).every(Boolean), 20_000);
    const killed = await killWorkerOf(first.firstExecutionRunId);
    await until(async () => (await ran('killed')).length === 2, 30_000);
    expect(Date.now() - killed).toBeLessThan(20_000);
    await letGo('killed');
    for (const handle of [first, ...others])
      expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { n: 2 } });
    expect(await ran('killed')).toHaveLength(2);
  });

  test('and of its run, too: the next one runs when the lease has expired', async () => {
    const first = await start('gone', 'a');
    await until(async () => (await ran('gone')).length === 1, 20_000);
    const others = await Promise.all(['b', 'c'].map((run) => start('gone', run)));
    await until(async () => (await Promise.all(others.map(waits))).every(Boolean), 20_000);
    const { firstExecutionRunId } = first;
    const killing = killWorkerOf(firstExecutionRunId);
    await first.terminate('with its worker');
    const killed = await killing;
    await until(async () => (await ran('gone')).length === 2, 30_000);
    // 12 s of silence, and what a busy machine takes to look again.
    expect(Date.now() - killed).toBeLessThan(20_000);
    await letGo('gone');
    for (const handle of others) expect(await handle.result()).toMatchObject({ outcome: 'succeeded', value: { n: 2 } });
    expect(await ran('gone')).toHaveLength(2);
    const entries = await Promise.all(
      others.map(({ firstExecutionRunId: runId }) => stack.store.journal.nodesOfRun(runId)),
    );
    expect(entries.flat().filter(({ node, reusedFrom }) => node === NODE && reusedFrom === null)).toHaveLength(1);
  });
});
