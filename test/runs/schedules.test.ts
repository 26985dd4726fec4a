import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTemporal } from '../../worker/provision/index.js';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.startWorker();
});

afterAll(() => stack.stop());

describe('pawl schedule', () => {
  test('applies, lists, pauses, resumes and makes up for the past, each run for its own time', async () => {
    const applied = await stack.pawl('schedule', 'apply', 'test/runs/pipelines/scheduled.ts');
    expect(applied).toMatchObject({ code: 0, stdout: 'created the schedule of scheduled: 0 6 2 * *\n' });
    expect((await stack.pawl('schedule', 'apply', 'scheduled')).stdout).toContain('updated');
    expect(await stack.pawl('schedule', 'pause', 'scheduled', '--note', 'source under repair')).toMatchObject({
      code: 0,
    });
    const [listed] = JSON.parse((await stack.pawl('schedule', 'list', '--json')).stdout);
    expect(listed).toMatchObject({
      pipeline: 'scheduled',
      cron: '0 6 2 * *',
      paused: true,
      note: 'source under repair',
    });
    await stack.pawl('schedule', 'resume', 'scheduled');
    const range = ['--from', '2001-01-01', '--to', '2001-03-03'];
    expect(await stack.pawl('schedule', 'backfill', 'scheduled', ...range)).toMatchObject({ code: 0 });
    const closed = () => stack.store.runs.list({ pipeline: 'scheduled', phase: 'closed' });
    await until(async () => (await closed()).length === 3, 30_000);
    const results = (await closed())
      .map(({ result }) => result)
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
    expect(results).toEqual([
      { month: '2000-12', nominal: '2001-01-02T06:00:00.000Z' },
      { month: '2001-01', nominal: '2001-02-02T06:00:00.000Z' },
      { month: '2001-02', nominal: '2001-03-02T06:00:00.000Z' },
    ]);
  });

  test('says what is wrong', async () => {
    expect((await stack.pawl('schedule', 'pause', 'nothing')).stderr).toContain('pipeline "nothing" has no schedule');
    expect((await stack.pawl('schedule', 'apply', 'test/runs/pipelines/three-steps.ts')).stderr).toContain(
      'has no schedule',
    );
    expect(await stack.store.plans.pipelineNames()).not.toContain('three-steps');
    const wrong = await stack.pawl('schedule', 'backfill', 'scheduled', '--from', 'yesterday', '--to', '2001-03-03');
    expect(wrong.stderr).toContain('"yesterday" is not a time');
  });
});

describe('temporal workflow start', () => {
  test('runs a pipeline like any other client', async () => {
    expect(await stack.pawl('publish', 'test/runs/pipelines/three-steps.ts')).toMatchObject({ code: 0 });
    const temporal = await findTemporal();
    if (!temporal.found) throw new Error(temporal.reason);
    const where = ['--address', stack.stack.temporalAddress];
    const start = [
      '--type',
      'three-steps',
      '--task-queue',
      'pawl',
      '--workflow-id',
      'from-outside',
      '--input',
      '{"n":2}',
    ];
    await promisify(execFile)(temporal.path, ['workflow', 'start', ...where, ...start]);
    const result = await stack.client.workflow.getHandle('from-outside').result();
    expect(result).toMatchObject({ outcome: 'succeeded', value: { n: 5 } });
  });
});
