import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/stack.js';
import { until } from '../support/until.js';

const FILES = 'test/runs/pipelines';
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.startWorker();
}, 60_000);

afterAll(() => stack.stop());

test('a run that waits for a worker with a secret says so, while it is followed and when it is shown', async () => {
  const run = stack.launch('run', `${FILES}/secret-missing.ts`, '--id', 'no-secret');
  await until(() => run.said('retrying  login'), 20_000);
  expect(run.said('PAWL_TEST_TOKEN is not set on worker')).toBe(true);
  const shown = await stack.pawl('show', 'no-secret');
  expect(shown.stdout).toMatch(/login is tried again \(attempt \d+\): the secret "PAWL_TEST_TOKEN" is missing/);
  const cancelled = await stack.pawl('cancel', 'no-secret');
  expect(cancelled).toMatchObject({ code: 5, stdout: 'cancelled no-secret\n' });
  await run.ended;
}, 60_000);

describe('pawl show', () => {
  beforeAll(async () => {
    expect(await stack.pawl('run', `${FILES}/control.ts`, '--n', '2', '--id', 'all-kinds')).toMatchObject({ code: 0 });
  }, 30_000);

  test('lists control nodes, light steps and ways not taken beside the steps of the journal', async () => {
    const { stdout } = await stack.pawl('show', 'all-kinds');
    const rows = stdout.split('\n').map((line) => line.split(/\s+/).slice(0, 2).join(' '));
    for (const row of ['list done', 'map done', 'map[item-1]/add done', 'map[item-0]/add-light done', 'when done']) {
      expect(rows).toContain(row);
    }
    expect(rows).toContain('when.then/reject skipped');
  });

  test('--node prints what a step was given and what it put out', async () => {
    const { stdout } = await stack.pawl('show', 'all-kinds', '--node', 'map[item-1]/add', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ step: 'add', input: { n: 1 }, output: { n: 2 } });
    const wrong = await stack.pawl('show', 'all-kinds', '--node', 'lst');
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.stderr).toContain('Did you mean "list"?');
  });
});

test('pawl explain lists what a fingerprint is made of, the model that a step is given included', async () => {
  const { stdout } = await stack.pawl('explain', `${FILES}/control.ts`, 'list', '--json');
  expect(JSON.parse(stdout)).toEqual({
    fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    files: [`${FILES}/control.ts`],
    packages: [expect.stringMatching(/^pawl@/)],
  });
  const trained = await stack.pawl('explain', 'examples/flight-delays/pipeline.ts', 'train', '--json');
  expect(JSON.parse(trained.stdout)).toMatchObject({
    files: ['examples/flight-delays/model.ts', 'examples/flight-delays/schema.ts'],
  });
  const wrong = await stack.pawl('explain', `${FILES}/control.ts`, 'lst');
  expect(wrong.stderr).toContain('Did you mean "list"?');
});
