import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makePlan } from '../../../dsl/compile/make-plan.js';
import { pipeline, z } from '../../../dsl/index.js';
import type { Trace } from '../../../dsl/trace.js';
import { refsOf } from '../../../plan/binding.js';
import { canonicalJson, digestOf } from '../../../plan/canonical.js';
import { checkPlan } from '../../../plan/check.js';
import type { Json } from '../../../plan/json.js';
import type { Block } from '../../../plan/plan.js';
import { readPlan } from '../../../plan/read.js';
import { bindingsOf, blocksOf } from '../../../plan/visit.js';
import { program, traceProgram } from './programs.js';

const empty = pipeline('random', { params: z.object({}) }, () => null);
const planOf = (traced: Trace) => makePlan(empty, digestOf('code'), traced);
const textOf = ({ block, onExit }: Trace) => canonicalJson({ block, onExit: onExit ?? null } as unknown as Json);

describe('random pipelines', () => {
  test('are drawn the same each time', () => {
    fc.assert(
      fc.property(program, program, (statements, exit) => {
        expect(textOf(traceProgram(statements, { exit }))).toBe(textOf(traceProgram(statements, { exit })));
      }),
    );
  });

  test('make plans that pass the checks and are read back as they were', () => {
    fc.assert(
      fc.property(program, program, (statements, exit) => {
        const plan = planOf(traceProgram(statements, { exit }));
        expect(checkPlan(plan, { steps: ['work'] })).toEqual([]);
        expect(readPlan(JSON.parse(canonicalJson(plan as unknown as Json)))).toEqual(plan);
      }),
    );
  });

  test('have their nodes in topological order', () => {
    fc.assert(
      fc.property(program, program, (statements, exit) => {
        const traced = traceProgram(statements, { exit });
        expectOrder(traced.block, new Set());
        expectOrder(traced.onExit!.block, new Set());
      }),
    );
  });

  test('change in nothing but the name when a node is renamed', () => {
    fc.assert(
      fc.property(program, fc.nat({ max: 5 }), (statements, which) => {
        const renamed = traceProgram(statements, { nameOf: (at) => (at === which ? 'renamed' : `n${at}`) });
        const back = textOf(renamed).replaceAll(/\brenamed\b/g, `n${which}`);
        expect(JSON.parse(back)).toEqual(JSON.parse(textOf(traceProgram(statements))));
      }),
    );
  });
});

function expectOrder(block: Block, around: ReadonlySet<string>): undefined {
  const done = new Set(around);
  for (const node of block.nodes) {
    for (const id of bindingsOf(node).flatMap(refsOf)) expect(done).toContain(id);
    for (const inner of blocksOf(node)) expectOrder(inner, done);
    done.add(node.id);
  }
  for (const id of refsOf(block.result)) expect(done).toContain(id);
}
