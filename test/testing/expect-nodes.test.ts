import { expect, test } from 'vitest';
import { pipeline, step, when, z } from '../../dsl/index.js';
import { expectNodes, expectValue, stub, testRun } from '../../testing/index.js';

const look = step('look', { input: z.object({}), output: z.boolean() }, () => true);
const act = step('act', { input: z.object({}), output: z.string(), retry: { attempts: 1 } }, () => 'done');
const acting = pipeline('acting', { params: z.object({}) }, () =>
  when(
    look({}),
    () => act({}),
    () => act({}, { id: 'leave' }),
  ),
);

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ name: 'AssertionError', code: 'ERR_ASSERTION' });
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

test('what is as expected passes; what is not named is not looked at', async () => {
  const run = await testRun(acting);
  expectNodes(run, { ran: ['look', 'when.then/act'], skipped: ['when.else/leave'], reused: [], held: [] });
  expectNodes(run, { ran: ['look', 'when', 'when.then/*'] });
  expectNodes(run, { skipped: ['*/leave'] });
  expect(expectValue(run)).toBe('done');
});

test('the difference says what became of the nodes', async () => {
  const run = await testRun(acting, { stubs: [stub(look, false)] });
  expect(messageOf(() => expectNodes(run, { ran: ['look', 'when.then/act', 'lok'], skipped: [] }))).toBe(
    [
      'the nodes of the run are not as expected:',
      'expected to be among those that ran:',
      '  - when.then/act: skipped',
      '  - lok: the run did not come to it. Did you mean "look"?',
      'not expected among those that ran:',
      '  + when.else/leave',
      'not expected among those that were skipped:',
      '  + when.then/act',
    ].join('\n'),
  );
});

test('a run that did not succeed has no value, and says why', async () => {
  const broken = stub(act, () => {
    throw new Error('no power');
  });
  const held = await testRun(acting, { stubs: [broken] });
  expectNodes(held, { held: ['when.then/act'], failed: [] });
  expect(messageOf(() => expectValue(held))).toBe(
    'the run should have succeeded; it is held\n  at when.then/act: no power (StepFailed)',
  );
  const rejected = await testRun(acting, { stubs: [stub(act, (_, ctx) => ctx.reject('bad', null))] });
  expect(messageOf(() => expectValue(rejected))).toContain('it is rejected\n  with: {"reason":"bad","details":null}');
});
