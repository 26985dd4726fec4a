import { join } from 'node:path';
import { z } from 'zod';
import type { StepContext } from '../../../dsl/context.js';
import { misuse } from '../../../dsl/misuse.js';
import type { Ref, Wire } from '../../../dsl/ref.js';
import { type NodeOptions, typedStep } from '../../../dsl/step.js';
import { currentTracer } from '../../../dsl/trace.js';
import { MediaType } from '../../../plan/artifact.js';
import { type Dataset, type DatasetValue, datasetSchema } from '../../values.js';
import { type Contract, contractSchema } from '../contract/contract.js';
import { contractOf } from '../contract/contract-of.js';
import { RowSchemaError } from '../contract/refusal.js';
import { type DuckDb, withDuckDb } from '../duckdb.js';
import { invalidData, readingFile, rowCount } from '../invalid-data.js';
import { type OpenSource, openSource } from '../source/open-source.js';
import { type Source, sourceSchema } from '../source/source.js';
import { identifier } from '../sql.js';
import { writeParquet } from '../write-parquet.js';
import { bindColumns } from './bind-columns.js';
import { checkCells } from './check-cells.js';
import { checkRowRules } from './check-row-rules.js';
import { openPartition, type Partition } from './partition.js';

export interface IngestInput<Rows extends z.ZodObject> {
  /** `parquet(…)` or `csv(…)`. */
  readonly from: Wire<Source>;
  /** The row schema: what a row must look like. Columns it does not name are left out. */
  readonly rows: Rows;
  /** One span of the source's time, as `2001-01`. Default: all of it. */
  readonly partition?: Wire<string> | Ref<string | undefined>;
}

const ingestInputSchema = z.object({
  from: sourceSchema,
  contract: contractSchema,
  partition: z.string().nullish(),
});
type IngestStepInput = z.infer<typeof ingestInputSchema>;

/** The step behind {@link ingest}, with the contract as JSON. */
export const ingestStep = typedStep<
  (
    input: { from: Wire<Source>; contract: Contract; partition?: IngestInput<z.ZodObject>['partition'] },
    options?: NodeOptions,
  ) => Ref<DatasetValue>
>()('ingest', { input: ingestInputSchema, output: datasetSchema }, ingestRows);

/**
 * Reads rows from a file into a snapshot that never changes: one Parquet file, the same bytes for the same source. The
 * columns are checked against the contract before any row is read, the rows themselves by `validate`.
 *
 * Fails with `InvalidData`, which is not retried, when the file is missing or damaged, a column is missing or of
 * another type, or there are no rows.
 *
 * @returns A ref to the dataset; its row type is that of the schema.
 * @throws PawlError `InvalidPlan` for a row schema that is no contract (see `contractOf`).
 * @example
 * const rows = ingest({ from: parquet('data/flights.parquet', { partition: { column: 'date', by: 'month' } }), rows: Flight, partition: month });
 */
export function ingest<Rows extends z.ZodObject>(
  input: IngestInput<Rows>,
  options?: NodeOptions,
): Ref<Dataset<z.output<Rows>>> {
  const { from, rows, partition } = input;
  const dataset: Ref<DatasetValue> = ingestStep({ from, contract: readContract(rows), partition }, options);
  // The row type exists for TypeScript only: the value is the same.
  return dataset as unknown as Ref<Dataset<z.output<Rows>>>;
}

/** The step that it adds, for who replaces it in a test. */
ingest.step = ingestStep;

/** While a pipeline is traced, each problem of a row schema is a mistake of its own. */
function readContract(rows: z.ZodObject): Contract {
  try {
    return contractOf(rows);
  } catch (error) {
    if (!(error instanceof RowSchemaError)) throw error;
    const tracer = currentTracer('ingest');
    for (const { message, hint } of error.problems) tracer.report(misuse(message, hint, 'row-schema'));
    return { kind: 'contract', format: 1, columns: [], rules: [], others: 'ignored' };
  }
}

async function ingestRows(input: IngestStepInput, ctx: StepContext): Promise<DatasetValue> {
  const file = join(ctx.scratch, 'snapshot.parquet');
  const rows = await withDuckDb({ scratch: ctx.scratch, signal: ctx.signal }, (db) => snapshot(db, input, file, ctx));
  const [contract, stored] = await Promise.all([
    ctx.artifacts.putJson(input.contract),
    ctx.artifacts.putFile(file, MediaType.parquet),
  ]);
  return { kind: 'dataset', contract, files: [stored], rows, partition: input.partition ?? null };
}

async function snapshot(db: DuckDb, input: IngestStepInput, file: string, ctx: StepContext): Promise<number> {
  const source = await openSource(db, input.from, process.cwd());
  const bound = bindColumns(input.contract, source);
  const part = await partitionOf(db, source, bound, input.partition ?? null);
  const columns = bound.map(({ column, sql }) => `${sql} AS ${identifier(column.name)}`);
  const rows = `(SELECT ${columns.join(', ')} FROM ${source.rows} WHERE ${part.where})`;
  await checkRowRules(db, input.contract, rows);
  ctx.progress({ message: `reading ${input.from.uri}${input.partition ? ` of ${input.partition}` : ''}` });
  await checkCells(db, source, bound, part.where);
  const count = await readingFile(source.label, () => writeParquet(db, `SELECT * FROM ${rows}`, file));
  if (count === 0) throw await part.empty();
  ctx.progress({ message: `${rowCount(count)} read`, fraction: 1 });
  return count;
}

async function partitionOf(
  db: DuckDb,
  source: OpenSource,
  bound: ReturnType<typeof bindColumns>,
  name: string | null,
): Promise<Partition> {
  if (name !== null) return openPartition(db, source, bound, name);
  return { where: 'true', empty: async () => invalidData(`${source.label} has no rows`, 'Write the file again.') };
}
