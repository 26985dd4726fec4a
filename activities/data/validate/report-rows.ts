import type { z } from 'zod';
import type { StepContext } from '../../../dsl/context.js';
import type { DatasetValue } from '../../values.js';
import type { Contract } from '../contract/contract.js';
import type { DuckDb } from '../duckdb.js';
import { rowCount } from '../invalid-data.js';
import { parquetRows } from '../sql.js';
import { computeStatistics } from '../statistics/compute-statistics.js';
import type { ColumnStatistics } from '../statistics/statistics.js';
import type { Checked } from './checked.js';
import { driftSincePrevious } from './earlier-statistics.js';
import { examplesOf } from './quarantine.js';
import type { Separated } from './separate-rows.js';
import type { StatisticsReport, validationSchema } from './validation.js';

const MOST_LISTED = 20;

/** Measures the accepted rows, compares them with those of the run before, and puts the findings together. */
export async function reportRows(
  db: DuckDb,
  checked: Checked,
  { accepted, quarantined }: Separated,
  ctx: StepContext,
): Promise<z.output<typeof validationSchema>> {
  ctx.progress({ message: `measuring ${rowCount(accepted.rows)}` });
  const { duplicates, broken, counts } = checked;
  const columns = await columnStatistics(db, checked.contract, accepted, ctx);
  const drift = await driftSincePrevious(ctx, columns);
  const report: StatisticsReport = {
    kind: 'statistics',
    rows: { accepted: accepted.rows, quarantined: quarantined.rows, duplicates },
    rules: await ruleReports(db, checked, quarantined, ctx),
    columns,
    drift,
  };
  const statistics = await ctx.artifacts.putJson(report);
  ctx.progress({ message: `accepted ${rowCount(accepted.rows)}, put aside ${rowCount(counts.bad)}`, fraction: 1 });
  return {
    kind: 'validation',
    accepted,
    quarantined,
    rules: broken.slice(0, MOST_LISTED),
    duplicates,
    statistics,
    drift: drift && { ...drift, columns: drift.columns.slice(0, MOST_LISTED) },
  };
}

async function columnStatistics(
  db: DuckDb,
  contract: Contract,
  { files, rows }: DatasetValue,
  ctx: StepContext,
): Promise<ColumnStatistics[]> {
  const paths = await Promise.all(files.map((file) => ctx.artifacts.localPath(file)));
  const statistics: ColumnStatistics[] = [];
  for (const column of contract.columns) {
    statistics.push(await computeStatistics(db, parquetRows(paths), rows, column));
  }
  return statistics;
}

async function ruleReports(
  db: DuckDb,
  { contract, checks, counts }: Checked,
  { files }: DatasetValue,
  ctx: StepContext,
): Promise<StatisticsReport['rules']> {
  const file = files[0] && (await ctx.artifacts.localPath(files[0]));
  const reports: StatisticsReport['rules'] = [];
  for (const [index, check] of checks.entries()) {
    const rows = counts.byCheck[index]!;
    const examples = rows > 0 && file ? await examplesOf(db, file, contract, check) : [];
    reports.push({ column: check.column, rule: check.rule, rows, fraction: rows / counts.rows, examples });
  }
  return reports;
}
