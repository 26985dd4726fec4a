import { expect, test } from 'vitest';
import { compilePipeline } from '../../../dsl/compile/index.js';
import { makeProject } from './sandbox.js';

const SUMS = {
  'pipeline.ts': `import { pipeline, step, z } from 'pawl';
import { helper } from './lib/helper.js';

const add = step('add', { input: z.object({ a: z.number(), b: z.number() }), output: z.object({ sum: z.number() }) },
  ({ a, b }) => ({ sum: helper(a, b) }));

export default pipeline('sums', { params: z.object({ n: z.int() }), schedule: { cron: '0 6 2 * *' } }, ({ n }) => {
  const one = add({ a: n, b: 1 });
  return add({ a: one.sum, b: 2 }, { id: 'second' });
});
`,
  'lib/helper.ts': 'export const helper = (a: number, b: number): number => a + b;\n',
};

test('compiles a pipeline with a local module into plan, annotations and bundle', async () => {
  const { diagnostics, compiled } = await compilePipeline(`${makeProject(SUMS)}/pipeline.ts`);
  expect(diagnostics).toEqual([]);
  expect(compiled?.plan).toMatchObject({
    pawl: 2,
    pipeline: 'sums',
    code: compiled?.bundle.digest,
    params: { type: 'object', required: ['n'] },
    schedule: { cron: '0 6 2 * *', timeZone: 'UTC' },
    holdMs: 604_800_000,
    block: { nodes: [{ id: 'add' }, { id: 'second' }], result: { $ref: 'second', path: [] } },
  });
  expect(compiled?.annotations.nodes.second).toMatchObject({ file: 'pipeline.ts', line: 9, column: 10 });
  expect(compiled?.bundle).toMatchObject({ name: 'sums', packages: { pawl: expect.any(String) } });
});

test('a step that only the next run reads is no unused one', async () => {
  const file = `import { pipeline, step, z } from 'pawl';
import { previous } from 'pawl/ml';
const count = step('count', { input: z.object({}), output: z.object({ n: z.number() }) }, () => ({ n: 1 }));
const tell = step('tell', { input: z.object({ before: z.number().nullable() }), output: z.null() }, () => null);
export default pipeline('told', { params: z.object({}) }, () => tell({ before: previous(count({})).n as never }));
`;
  const { diagnostics } = await compilePipeline(`${makeProject({ 'p.ts': file })}/p.ts`);
  expect(diagnostics).toEqual([]);
});

test('the places of a tuple are parts like others', async () => {
  const file = `import { pipeline, step, z } from 'pawl';
const make = step('make', { input: z.object({}), output: z.object({ pair: z.tuple([z.string(), z.number()]) }) },
  () => ({ pair: ['a', 1] as [string, number] }));
const use = step('use', { input: z.object({ n: z.number() }), output: z.null() }, () => null);
export default pipeline('pairs', { params: z.object({}) }, () => use({ n: make({}).pair[1] }));
`;
  const { diagnostics, compiled } = await compilePipeline(`${makeProject({ 'p.ts': file })}/p.ts`);
  expect(diagnostics).toEqual([]);
  expect(compiled?.plan.block.nodes[1]).toMatchObject({ input: { n: { $ref: 'make', path: ['pair', 1] } } });
});
