import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
});

afterAll(() => stack.stop());

const start = (workflowId: string) =>
  stack.client.workflow.start('nothing', { taskQueue: 'pawl', workflowId, args: [] });

test('a run that no worker has taken up is known, and named in a suggestion once it has begun', async () => {
  await start('waiting');
  expect((await stack.pawl('show', 'waiting')).stdout).toContain('running waiting');
  expect((await stack.pawl('show', 'wating')).stderr).toContain('no run is called "wating"');
});

test('a run that was terminated in Temporal is not taken for open, and the list learns of it', {
  timeout: 60_000,
}, async () => {
  const handle = await start('ended');
  const at = new Date().toISOString();
  const run = {
    workflowId: 'ended',
    runId: handle.firstExecutionRunId,
    pipeline: 'nothing',
    planHash: null,
    params: {},
  };
  await stack.store.runs.start({ ...run, nominalTime: at, startedAt: at });
  await handle.terminate('by hand');
  const shown = await stack.pawl('show', 'endde');
  expect(shown.stderr).toContain('Did you mean "ended"?');
  const cancelled = await stack.pawl('cancel', 'ended');
  expect(cancelled).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('run "ended" is closed already: aborted'),
  });
  expect(await stack.store.runs.latest('ended')).toMatchObject({ phase: 'closed', outcome: 'aborted' });
});
