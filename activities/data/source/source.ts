import { z } from 'zod';
import { misuse } from '../../../dsl/misuse.js';

/** How long one partition is, and how it is named: `2001`, `2001-01`, `2001-01-31`. */
export const PARTITION_SPANS = ['year', 'month', 'day'] as const;
export type PartitionSpan = (typeof PARTITION_SPANS)[number];

const partitioningSchema = z.strictObject({ column: z.string().min(1), by: z.enum(PARTITION_SPANS) });
export type Partitioning = z.infer<typeof partitioningSchema>;

const common = { kind: z.literal('source'), uri: z.string().min(1), partition: partitioningSchema.nullable() };

/** Where rows come from: plain JSON that means the same on every machine. */
export const sourceSchema = z.discriminatedUnion('format', [
  z.strictObject({ ...common, format: z.literal('parquet') }),
  z.strictObject({
    ...common,
    format: z.literal('csv'),
    delimiter: z.string().length(1),
    /** Names of the columns when the file has no line of them. */
    columns: z.array(z.string().min(1)).min(1).nullable(),
    nulls: z.array(z.string()),
  }),
]);
export type Source = z.infer<typeof sourceSchema>;

export interface SourceOptions {
  /** Lets `ingest` read one span of time alone, by a column of dates or timestamps. */
  readonly partition?: { readonly column: string; readonly by: PartitionSpan };
}

export interface CsvOptions extends SourceOptions {
  /** The character between cells. Default: a comma. */
  readonly delimiter?: string;
  /** Names of the columns of a file whose first line is data already. Default: the first line names them. */
  readonly columns?: readonly string[];
  /** Texts that mean NULL. Default: the empty one. */
  readonly nulls?: readonly string[];
}

/**
 * A Parquet file.
 * @param uri `npm:PACKAGE/path` (a file of an installed package), a path from the project's folder, an absolute path,
 *   or a `file:` URL. Only the first two mean the same on every machine.
 * @throws PawlError `InvalidPlan` for another kind of address.
 * @example
 * parquet('npm:vega-datasets/data/flights-3m.parquet', { partition: { column: 'date', by: 'month' } })
 */
export function parquet(uri: string, options: SourceOptions = {}): Source {
  return { kind: 'source', format: 'parquet', uri: checkUri(uri), partition: partitionOf(options) };
}

/**
 * A CSV file in UTF-8 with cells in double quotes where need be. Each cell is converted to the type its contract names; a cell that cannot be is an error.
 * @param uri As for {@link parquet}.
 * @throws PawlError `InvalidPlan` for another kind of address.
 */
export function csv(uri: string, options: CsvOptions = {}): Source {
  return {
    kind: 'source',
    format: 'csv',
    uri: checkUri(uri),
    partition: partitionOf(options),
    delimiter: options.delimiter ?? ',',
    columns: options.columns ? [...options.columns] : null,
    nulls: [...(options.nulls ?? [''])],
  };
}

function partitionOf(options: SourceOptions): Partitioning | null {
  return options.partition ? { column: options.partition.column, by: options.partition.by } : null;
}

function checkUri(uri: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (uri !== '' && (scheme === undefined || scheme === 'npm' || scheme === 'file')) return uri;
  throw misuse(`"${uri}" is not an address data can be read from`, 'Use npm:PACKAGE/path, a path, or a file: URL.');
}
