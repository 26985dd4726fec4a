import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Contract, contractSchema } from '../../../activities/data/contract/index.js';
import { ingestStep } from '../../../activities/data/ingest/ingest.js';
import { parquet } from '../../../activities/data/source/source.js';
import { validate } from '../../../activities/data/validate/validate.js';
import { type TestContext, testContext } from '../../../testing/test-context.js';

const from = parquet('npm:vega-datasets/data/flights-3m.parquet', { partition: { column: 'date', by: 'month' } });

// The example imports the built package by its name; here the sources stand in for it.
async function contractOfExample(): Promise<Contract> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { contractOf } from 'pawl/ml'; import { Flight } from './examples/flight-delays/schema.ts';
        export const contract = contractOf(Flight);`,
      resolveDir: process.cwd(),
    },
    alias: { pawl: './dsl/index.ts', 'pawl/ml': './activities/data/index.ts' },
    external: ['@duckdb/*'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const { contract } = (await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`
  )) as { contract: Contract };
  return contractSchema.parse(contract);
}

let contract: Contract;

let ctx: TestContext;
beforeAll(async () => {
  contract = await contractOfExample();
  ctx = await testContext({ node: 'validate' });
});
afterAll(() => ctx.cleanup());

describe('three million real flights', () => {
  it('are checked whole, and their faults are found', async () => {
    const data = await ingestStep.run({ from, contract }, ctx);
    const found = await validate.run({ data }, ctx);
    expect(found).toMatchObject({ accepted: { rows: 2_999_966 }, quarantined: { rows: 34 }, duplicates: 191 });
    expect(found.rules.map(({ column, rule, rows }) => [column, rule, rows])).toEqual([
      [null, 'no flight around midnight is a day late', 25],
      ['date', 'at most 2001-06-30T23:59:59', 6],
      ['delay', 'at least -90', 3],
    ]);
  });

  it('drift from month to month', async () => {
    const january = await validate.run(
      { data: await ingestStep.run({ from, contract, partition: '2001-01' }, ctx) },
      ctx,
    );
    const later = await testContext({
      node: 'validate',
      artifacts: ctx.artifacts,
      previous: { validate: JSON.parse(JSON.stringify(january)) },
    });
    const february = await validate.run(
      { data: await ingestStep.run({ from, contract, partition: '2001-02' }, later) },
      later,
    );
    await later.cleanup();
    expect(january.accepted.rows).toBe(508_239);
    expect(february.drift?.columns.map(({ column }) => column).sort()).toEqual([
      'delay',
      'destination',
      'distance',
      'origin',
    ]);
    expect(february.drift!.largest!.value).toBeGreaterThan(0.001);
    expect(february.drift!.largest!.value).toBeLessThan(0.1);
    expect(JSON.stringify(february).length).toBeLessThan(8_000);
  });
});
