import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WorkflowNotFoundError } from '@temporalio/client';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectFolder, startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(() => stack.stop());

/** What Temporal itself does when its retention is over; it takes its time. */
async function forget(workflowId: string): Promise<void> {
  const workflowExecution = { workflowId };
  await stack.client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  const isForgotten = () =>
    stack.client.workflow
      .getHandle(workflowId)
      .describe()
      .then(
        () => false,
        (error) => error instanceof WorkflowNotFoundError,
      );
  await until(isForgotten, 90_000);
}

/** `pawl` against the same Postgres and artifacts, with a Temporal that is not there. */
async function withoutTemporal(...args: string[]): Promise<string> {
  const { databaseUrl, artifacts } = stack.stack;
  const nobody = `127.0.0.1:${await getPort({ host: '127.0.0.1' })}`;
  const env = { ...process.env, NO_COLOR: '1', DATABASE_URL: databaseUrl, PAWL_ARTIFACTS: artifacts };
  const child = spawn(process.execPath, ['bin/pawl.js', ...args], {
    cwd: projectFolder,
    env: { ...env, TEMPORAL_ADDRESS: nobody },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await once(child, 'close');
  return output;
}

test('a run is shown the same after Temporal has forgotten it, its light steps and control nodes included', {
  timeout: 180_000,
}, async () => {
  const params = JSON.stringify({ n: 3 });
  const ran = await stack.pawl('run', 'test/runs/pipelines/control.ts', '--id', 'forgotten', '--params', params);
  expect(ran.code, ran.stderr).toBe(0);
  const [shown, json] = [await stack.pawl('show', 'forgotten'), await stack.pawl('show', 'forgotten', '--json')];
  const { table } = JSON.parse(json.stdout) as { table: { node: string; state: string }[] };
  expect(table.map(({ state }) => state)).toContain('skipped');
  await forget('forgotten');
  expect((await stack.pawl('show', 'forgotten')).stdout).toBe(shown.stdout);
  expect((await stack.pawl('show', 'forgotten', '--json')).stdout).toBe(json.stdout);
  expect(await withoutTemporal('show', 'forgotten', '--json')).toBe(json.stdout);
  expect((await stack.pawl('runs', '--json')).stdout).toContain('forgotten');
});

test('of an open run Postgres tells what it knows where Temporal does not answer', { timeout: 120_000 }, async () => {
  const at = new Date().toISOString();
  const run = { workflowId: 'open', runId: randomUUID(), pipeline: 'nothing', planHash: null, params: { n: 7 } };
  await stack.store.runs.start({ ...run, nominalTime: at, startedAt: at });
  const shown = await withoutTemporal('show', 'open');
  expect(shown).toContain('running open');
  expect(shown).toContain('Temporal does not answer');
  expect((await stack.pawl('show', 'open')).stdout).toContain('Temporal does not know this run');
});
