import { join } from 'node:path';
import type { StepContext } from '../../../dsl/context.js';
import { MediaType } from '../../../plan/artifact.js';
import type { DatasetValue } from '../../values.js';
import type { DuckDb } from '../duckdb.js';
import { writeParquet } from '../write-parquet.js';
import type { Checked } from './checked.js';
import { anyBroken } from './count-broken.js';
import { writeQuarantine } from './quarantine.js';
import { tooManyBad } from './too-many-bad.js';

export interface Separated {
  readonly accepted: DatasetValue;
  readonly quarantined: DatasetValue;
}

/**
 * Stores the rows that keep every rule and those that do not.
 * @throws PawlError `InvalidData` when more are bad than tolerated; the bad ones are stored by then.
 */
export async function separateRows(
  db: DuckDb,
  { data, tolerate }: { readonly data: DatasetValue; readonly tolerate: number },
  { rows, contract, checks, counts, broken }: Checked,
  ctx: StepContext,
): Promise<Separated> {
  // The data itself is what is accepted: nothing to copy.
  if (counts.bad === 0) return { accepted: data, quarantined: { ...data, files: [], rows: 0 } };
  const quarantineFile = join(ctx.scratch, 'quarantined.parquet');
  await writeQuarantine(db, rows, contract, checks, quarantineFile);
  const quarantine = await ctx.artifacts.putFile(quarantineFile, MediaType.parquet);
  if (counts.bad > tolerate * counts.rows) {
    throw await tooManyBad(counts, tolerate, broken, quarantine, ctx.artifacts);
  }
  const acceptedFile = join(ctx.scratch, 'accepted.parquet');
  await writeParquet(db, `SELECT * FROM ${rows} WHERE NOT ${anyBroken(checks)}`, acceptedFile);
  const accepted = await ctx.artifacts.putFile(acceptedFile, MediaType.parquet);
  return {
    accepted: { ...data, files: [accepted], rows: counts.rows - counts.bad },
    quarantined: { ...data, files: [quarantine], rows: counts.bad },
  };
}
