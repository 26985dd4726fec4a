import { join } from 'node:path';
import type { z } from 'zod';
import type { Source } from '../../activities/data/source/source.js';
import type { Dataset } from '../../activities/values.js';
import { MediaType } from '../../plan/artifact.js';
import { MemoryArtifacts } from '../memory-artifacts.js';
import { Folders } from '../run/folders.js';
import { type TestContext, testContext } from '../test-context.js';

export interface SampleOptions {
  /** How many rows, at most. Default: 100. */
  readonly rows?: number;
  /** Another one gives other rows. Default: 1. */
  readonly seed?: number;
  /** Part of the source, as `2001-01`, where it has partitions. Default: all of it. */
  readonly partition?: string;
  /** Default: the store that test runs and contexts share. */
  readonly artifacts?: TestContext['artifacts'];
}

/**
 * A small part of real data: rows of a file that are picked by their content, so that the same seed always gives the
 * same. They keep the file's order. Rows that break rules are among them, as in the file.
 *
 * @param source `parquet(…)` or `csv(…)`, as the pipeline reads it
 * @throws PawlError `InvalidData` as `ingest`.
 * @example
 * const january = await sampleOf(Flight, flightsFile, { partition: '2001-01', rows: 200 });
 */
export async function sampleOf<Row extends z.ZodObject>(
  row: Row,
  source: Source,
  { rows = 100, seed = 1, partition, artifacts }: SampleOptions = {},
): Promise<Dataset<z.output<Row>>> {
  const [{ contractOf }, { ingestStep }] = await Promise.all([
    import('../../activities/data/contract/index.js'),
    import('../../activities/data/ingest/ingest.js'),
  ]);
  const folders = new Folders();
  // In a store of its own, since only the sample is to be kept.
  const whole = await testContext({ artifacts: new MemoryArtifacts(folders) });
  const ctx = await testContext({ artifacts });
  try {
    const contract = contractOf(row);
    const dataset = await ingestStep.run({ from: source, contract, partition }, whole);
    const path = join(ctx.scratch, 'sample.parquet');
    const [file] = await Promise.all(dataset.files.map((each) => whole.artifacts.localPath(each)));
    const count = await writeSample(file!, path, { rows, seed, scratch: ctx.scratch });
    await ctx.artifacts.putJson(contract);
    return { ...dataset, files: [await ctx.artifacts.putFile(path, MediaType.parquet)], rows: count };
  } finally {
    await Promise.all([whole.cleanup(), ctx.cleanup(), folders.remove()]);
  }
}

/** The rows whose hashes are the smallest, in the order of the file. */
async function writeSample(
  from: string,
  to: string,
  { rows, seed, scratch }: { readonly rows: number; readonly seed: number; readonly scratch: string },
): Promise<number> {
  const [{ withDuckDb }, { writeParquet }, { literal, parquetRows }] = await Promise.all([
    import('../../activities/data/duckdb.js'),
    import('../../activities/data/write-parquet.js'),
    import('../../activities/data/sql.js'),
  ]);
  const hash = `md5(${literal(`${seed}:`)} || CAST(source AS VARCHAR))`;
  const all = `SELECT *, ${hash} AS "sample hash", row_number() OVER () AS "sample place" FROM ${parquetRows([from])} source`;
  const picked = `SELECT * FROM (${all}) ORDER BY "sample hash", "sample place" LIMIT ${rows}`;
  const query = `SELECT * EXCLUDE ("sample hash", "sample place") FROM (${picked}) ORDER BY "sample place"`;
  return withDuckDb({ scratch }, (db) => writeParquet(db, query, to));
}
