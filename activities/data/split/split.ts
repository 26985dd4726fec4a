import { join } from 'node:path';
import { z } from 'zod';
import type { StepContext } from '../../../dsl/context.js';
import type { Ref, Wire } from '../../../dsl/ref.js';
import { type NodeOptions, typedStep } from '../../../dsl/step.js';
import { MediaType } from '../../../plan/artifact.js';
import { suggestName } from '../../../plan/suggest.js';
import { type Dataset, type DatasetValue, datasetSchema } from '../../values.js';
import { contractSchema } from '../contract/contract.js';
import { type DuckDb, withDuckDb } from '../duckdb.js';
import { invalidData } from '../invalid-data.js';
import { identifier, literal, parquetRows } from '../sql.js';
import { writeParquet } from '../write-parquet.js';

/** Two parts of one dataset. */
export interface Split<Row> {
  readonly train: Dataset<Row>;
  readonly test: Dataset<Row>;
}

const inputSchema = z.object({
  data: datasetSchema,
  by: z.string().nullish(),
  fraction: z.number().gt(0).lt(1).default(0.2),
  seed: z.int().nullish(),
});

/**
 * Splits rows in two by a hash, so that a row is always on the same side, in whatever file or order it comes.
 *
 * - `by`: rows with the same value of this column stay together. Default: rows that are equal in all columns do.
 * - `fraction`: the part that becomes `test`, between 0 and 1. Default: 0.2. It holds of the values of `by`, so that of
 *   the rows only about.
 * - `seed`: another one gives another split. Default: the node's, which is the same in every run.
 *
 * Fails with `InvalidData` when a side would be empty.
 *
 * @example
 * const { train, test } = split({ data: past.accepted, by: 'origin', fraction: 0.1 });
 */
export const split = typedStep<
  <Row>(
    input: {
      readonly data: Wire<Dataset<Row>>;
      readonly by?: NoInfer<keyof Row & string>;
      readonly fraction?: Wire<number>;
      readonly seed?: Wire<number>;
    },
    options?: NodeOptions,
  ) => Ref<Split<Row>>
>()(
  'split',
  { input: inputSchema, output: z.object({ train: datasetSchema, test: datasetSchema }), cache: 'reuse' },
  async ({ data, by, fraction, seed }, ctx) => {
    const contract = contractSchema.parse(await ctx.artifacts.getJson(data.contract));
    const key = keySql(
      by ?? null,
      contract.columns.map(({ name }) => name),
    );
    const isTest = `${hashSql(key, seed ?? ctx.seed)} < ${fraction}`;
    const files = await Promise.all(data.files.map((file) => ctx.artifacts.localPath(file)));
    return withDuckDb({ scratch: ctx.scratch, signal: ctx.signal }, async (db) => {
      const side = (name: string, where: string) => writeSide(db, data, parquetRows(files), { name, where }, ctx);
      return { train: await side('train', `NOT (${isTest})`), test: await side('test', isTest) };
    });
  },
);

/** NULL and the text of another value must differ, and so must the cells of two neighbours that swap a character. */
function keySql(by: string | null, columns: readonly string[]): string {
  if (by !== null && !columns.includes(by))
    throw invalidData(`there is no column "${by}" to split by`, suggestName(by, columns));
  const cells = (by === null ? columns : [by]).map((name) => {
    const text = `CAST(${identifier(name)} AS VARCHAR)`;
    return `coalesce(length(${text}) || ':' || ${text}, 'null')`;
  });
  return cells.join(` || ',' || `);
}

/** A number from 0 to below 1: 52 bits of an MD5, which unlike DuckDB's `hash` is the same in every version. */
function hashSql(key: string, seed: number): string {
  return `(CAST('0x' || substr(md5(${literal(`${seed}:`)} || ${key}), 1, 13) AS BIGINT) / ${2 ** 52})`;
}

async function writeSide(
  db: DuckDb,
  data: DatasetValue,
  rows: string,
  { name, where }: { readonly name: string; readonly where: string },
  ctx: StepContext,
): Promise<DatasetValue> {
  const file = join(ctx.scratch, `${name}.parquet`);
  const count = await writeParquet(db, `SELECT * FROM ${rows} WHERE ${where}`, file);
  if (count === 0) {
    throw invalidData(`no row fell into the ${name} part`, 'Choose another fraction, or a column with more values.');
  }
  return { ...data, files: [await ctx.artifacts.putFile(file, MediaType.parquet)], rows: count };
}
