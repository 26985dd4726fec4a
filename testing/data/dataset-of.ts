import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Dataset } from '../../activities/values.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { type TestContext, testContext } from '../test-context.js';

export interface DatasetOptions {
  /** What part of the source it stands for, as `2001-01`. Default: all of it. */
  readonly partition?: string;
  /** `false`: rows may break the schema's rules, to test what `validate` does with them. Default: true. */
  readonly checked?: boolean;
  /** Default: the store that test runs and contexts share. */
  readonly artifacts?: TestContext['artifacts'];
}

/**
 * A dataset of some rows, as `ingest` would make it of a file: for steps, stubs and params of test runs.
 *
 * @param rows each is checked by the row schema, rules of `sql(…)` excepted
 * @throws PawlError `InvalidData` that names every row that breaks the schema.
 * @example
 * const flights = await datasetOf(Flight, [{ date: '2001-01-31T07:00:00', delay: 12, distance: 733, origin: 'ORD' }]);
 */
export async function datasetOf<Row extends z.ZodObject>(
  row: Row,
  rows: readonly z.input<Row>[],
  { partition, checked = true, artifacts }: DatasetOptions = {},
): Promise<Dataset<z.output<Row>>> {
  if (checked) refuseBroken(row, rows);
  const { contractOf } = await import('../../activities/data/contract/index.js');
  const contract = contractOf(row);
  const ctx = await testContext({ artifacts });
  try {
    const empty = { kind: 'dataset' as const, contract: await ctx.artifacts.putJson(contract), files: [], rows: 0 };
    const made = rows.length === 0 ? empty : await ingestRows(contract, rows, ctx);
    return { ...made, partition: partition ?? null };
  } finally {
    await ctx.cleanup();
  }
}

type Contract = ReturnType<typeof import('../../activities/data/contract/index.js')['contractOf']>;
type Cells = Readonly<Record<string, unknown>>;

/** By the step itself, so that types, order and bytes are those of a run. */
async function ingestRows(contract: Contract, rows: readonly Cells[], ctx: TestContext) {
  const [{ ingestStep }, { csv }] = await Promise.all([
    import('../../activities/data/ingest/ingest.js'),
    import('../../activities/data/source/source.js'),
  ]);
  const names = contract.columns.map(({ name }) => name);
  const cells = rows.map((each) => names.map((name) => each[name] ?? null));
  const none = nullMark(cells);
  const text = cells.map((line) => line.map((cell) => (cell === null ? none : quoted(cell))).join(','));
  const file = join(ctx.scratch, 'rows.csv');
  await writeFile(file, `${text.join('\n')}\n`);
  return ingestStep.run({ from: csv(file, { columns: names, nulls: [none] }), contract, partition: null }, ctx);
}

const quoted = (cell: unknown): string => `"${String(cell).replaceAll('"', '""')}"`;

/** A text that no cell has. */
function nullMark(cells: readonly (readonly unknown[])[]): string {
  const texts = new Set(cells.flat().map(String));
  let mark = 'NULL';
  while (texts.has(mark)) mark += '_';
  return mark;
}

const MOST_SHOWN = 10;

function refuseBroken(row: z.ZodObject, rows: readonly unknown[]): void {
  const broken = rows.flatMap((each, index) => {
    const { error } = row.safeParse(each);
    return error ? [`row ${index}: ${z.prettifyError(error).replaceAll('\n', ' ')}`] : [];
  });
  if (broken.length === 0) return;
  const more = broken.length > MOST_SHOWN ? [`and ${broken.length - MOST_SHOWN} more`] : [];
  const message = `${broken.length} of ${rows.length} rows break the schema:`;
  throw new PawlError(FailureType.InvalidData, [message, ...broken.slice(0, MOST_SHOWN), ...more].join('\n'), {
    hint: 'Mend the rows, or pass { checked: false } to test what is done with such rows.',
    retryable: false,
  });
}
