import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { numericBackend } from '../../activities/train/numeric-backend.js';
import type { RunResult } from '../../plan/protocol.js';
import type { RunForecast } from '../../worker/forecast/forecast.js';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;
let worker: ChildProcess;

beforeAll(async () => {
  stack = await startTestStack();
  expect(await stack.pawl('publish', 'test/runs/pipelines/training.ts')).toMatchObject({ code: 0 });
  worker = await stack.startWorker();
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await stack.stop();
});

async function run(workflowId: string, epochs: number) {
  const args = [{ day: '2001-01-10', epochs }];
  const handle = await stack.client.workflow.start('training', { taskQueue: 'pawl', workflowId, args });
  const { value }: RunResult = await handle.result();
  const entries = await stack.store.journal.nodesOfRun(handle.firstExecutionRunId);
  return { value, why: Object.fromEntries(entries.map(({ node, cacheReason }) => [node, cacheReason])) };
}

describe('the standard steps', () => {
  test('are reused where nothing they depend on has changed; what reads the world runs', async () => {
    const first = await run('first', 2);
    expect(first.why).toMatchObject({ ingest: null, 'fit-features': 'no earlier execution' });
    const second = await run('second', 2);
    expect(second.value).toEqual(first.value);
    expect(second.why).toMatchObject({
      ingest: null,
      // It measures drift since the run before, which is another one now.
      validate: 'what it reads of an earlier run is not what run first read',
      'fit-features': 'reused from run first',
      train: 'reused from run first',
    });
  });

  test('pawl plan says so before the run', async () => {
    const { stdout } = await stack.pawl('plan', 'training', '--day', '2001-01-10', '--epochs', '3', '--json');
    const { nodes } = JSON.parse(stdout) as RunForecast;
    const told = Object.fromEntries(nodes.map(({ node, forecast, reason }) => [node, `${forecast}: ${reason}`]));
    expect(told).toMatchObject({
      ingest: 'runs: always: cache is off',
      'fit-features': 'depends: reused if validate puts out the same as in run second',
      train:
        'depends: runs if validate puts out the same as in run second: input changed since run second: epochs 2 → 3',
    });
  });

  test('train anew with other epochs', async () => {
    const { why } = await run('longer', 3);
    expect(why).toMatchObject({
      'fit-features': 'reused from run first',
      train: 'input changed since run second: epochs 2 → 3',
    });
  });

  test('train anew on another backend', async () => {
    const here = numericBackend();
    worker.kill('SIGTERM');
    await once(worker, 'close');
    vi.stubEnv('PAWL_TENSORFLOW', 'wasm');
    worker = await stack.startWorker();
    const { why } = await run('elsewhere', 3);
    const other = `run longer computed with ${here}, here it would be wasm`;
    expect(why).toMatchObject({
      'fit-features': 'reused from run first',
      train: here === 'wasm' ? 'reused from run longer' : other,
    });
  });
});
