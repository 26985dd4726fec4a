import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../plan/json.js';
import { testRun } from '../../../testing/index.js';
import { declareProgram, programsOf, UNATTENDED_KINDS } from '../../dsl/compile/programs.js';
import { evaluatePlan } from '../../runs/evaluate-plan.js';

const values: fc.Arbitrary<Json> = fc.record({
  ok: fc.boolean(),
  list: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
  maybe: fc.constantFrom<Json>(null, 'there'),
  variant: fc.constantFrom<Json>({ kind: 'a', a: 'a' }, { kind: 'b', b: 3 }),
});

test('random programs end in a test run as they are evaluated', async () => {
  await fc.assert(
    fc.asyncProperty(
      programsOf(UNATTENDED_KINDS),
      programsOf(UNATTENDED_KINDS),
      values,
      async (program, exit, params) => {
        const pipeline = declareProgram(program, { exit });
        const run = await testRun(pipeline, { params });
        const { value, rejections } = await evaluatePlan(pipeline.trace(), params);
        expect(run.outcome).toBe(rejections.length === 0 ? 'succeeded' : 'rejected');
        expect(run.value).toEqual(rejections.length === 0 ? value : rejections[0]);
        expect(run.nodes.filter(({ state }) => state === 'running' || state === 'waiting')).toEqual([]);
      },
    ),
    { numRuns: 100 },
  );
});
