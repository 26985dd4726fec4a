import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compilePipeline } from '../../dsl/compile/index.js';

const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../../examples/flight-delays/${name}`, import.meta.url));

test.each(['pipeline.ts', 'check-file.ts'])('%s compiles without a remark', async (name) => {
  const { diagnostics, compiled } = await compilePipeline(fileOf(name));
  expect(diagnostics).toEqual([]);
  expect(compiled?.plan.block.nodes.length).toBeGreaterThan(1);
});

test('a firing trains on the month before last', async () => {
  const { default: pipeline } = await import('../../examples/flight-delays/pipeline.js');
  const firing = new Date('2001-03-02T06:00:00Z');
  expect(pipeline.params.parse(pipeline.schedule?.params?.(firing))).toEqual({ month: '2001-01', epochs: 4 });
  expect(pipeline.params.safeParse({ month: '2001-13' }).success).toBe(false);
});
