import { z } from 'zod';
import type { StepContext } from '../../../dsl/context.js';
import type { Ref, Wire } from '../../../dsl/ref.js';
import { type NodeOptions, typedStep } from '../../../dsl/step.js';
import { type Dataset, datasetSchema } from '../../values.js';
import { checksOf } from '../contract/checks.js';
import { type Contract, contractSchema } from '../contract/contract.js';
import { type DuckDb, withDuckDb } from '../duckdb.js';
import { rowCount } from '../invalid-data.js';
import { parquetRows } from '../sql.js';
import { brokenRules, type Checked } from './checked.js';
import { countBroken } from './count-broken.js';
import { countDuplicates, DUPLICATE, markDuplicates } from './duplicates.js';
import { reportRows } from './report-rows.js';
import { separateRows } from './separate-rows.js';
import { type Validation, validationSchema } from './validation.js';

/** What a step does with rows that are exact copies of earlier ones. */
export type DuplicateTreatment = 'report' | 'quarantine';

const inputSchema = z.object({
  data: datasetSchema,
  tolerate: z.number().min(0).max(1).default(0.05),
  duplicates: z.enum(['report', 'quarantine']).default('report'),
});
type Input = z.output<typeof inputSchema>;

/**
 * Checks rows against their contract. Rows that break a rule are put aside with the rules they broke; the others go on
 * as `accepted`. Statistics of each accepted column are kept, and compared with those of the run before (drift).
 *
 * - `tolerate`: the part of the rows, 0 to 1, that may be bad. Default: 0.05.
 * - `duplicates`: `report` counts exact copies of earlier rows, `quarantine` puts them aside too. Default: `report`.
 *
 * Fails with `InvalidData`, which is not retried, when more rows are bad than tolerated; the message lists the rules and
 * says where the rows are kept.
 *
 * @example
 * const past = validate({ data: rows });
 * const parts = split({ data: past.accepted, by: 'origin' });
 */
export const validate = typedStep<
  <Row>(
    input: {
      readonly data: Wire<Dataset<Row>>;
      readonly tolerate?: Wire<number>;
      readonly duplicates?: DuplicateTreatment;
    },
    options?: NodeOptions,
  ) => Ref<Validation<Row>>
>()('validate', { input: inputSchema, output: validationSchema, cache: 'reuse' }, async (input, ctx) => {
  const contract = contractSchema.parse(await ctx.artifacts.getJson(input.data.contract));
  const files = await Promise.all(input.data.files.map((file) => ctx.artifacts.localPath(file)));
  return withDuckDb({ scratch: ctx.scratch, signal: ctx.signal }, async (db) => {
    const checked = await checkRows(db, input, contract, files, ctx);
    const separated = await separateRows(db, input, checked, ctx);
    return reportRows(db, checked, separated, ctx);
  });
});

async function checkRows(
  db: DuckDb,
  input: Input,
  contract: Contract,
  files: readonly string[],
  ctx: StepContext,
): Promise<Checked> {
  ctx.progress({ message: `checking ${rowCount(input.data.rows)}` });
  const rows = parquetRows(files);
  const duplicates = await countDuplicates(db, rows, contract);
  const checks = [...checksOf(contract)];
  if (input.duplicates === 'quarantine' && duplicates > 0) {
    checks.push({ column: null, rule: DUPLICATE, broken: await markDuplicates(db, rows, contract) });
  }
  const counts = await countBroken(db, rows, checks);
  return { rows, contract, checks, counts, duplicates, broken: brokenRules(checks, counts) };
}
