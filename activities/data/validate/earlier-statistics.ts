import type { StepContext } from '../../../dsl/context.js';
import type { Drift } from '../drift/drift.js';
import { measureDrift } from '../drift/measure-drift.js';
import type { ColumnStatistics } from '../statistics/statistics.js';
import { statisticsReportSchema, validationSchema } from './validation.js';

/** How far the columns moved from the rows that this node accepted in the run before; null without such a run. */
export async function driftSincePrevious(
  ctx: StepContext,
  columns: readonly ColumnStatistics[],
): Promise<Drift | null> {
  const previous = await ctx.previous();
  if (!previous) return null;
  const output = validationSchema.safeParse(previous.output);
  const report = output.success
    ? statisticsReportSchema.safeParse(await ctx.artifacts.getJson(output.data.statistics))
    : undefined;
  if (!report?.success) {
    ctx.log.warn('the statistics of the run before have another form: drift is not measured', { run: previous.run });
    return null;
  }
  const drifts = [...measureDrift(columns, report.data.columns)];
  return { against: previous.run, columns: drifts, largest: drifts[0] ?? null };
}
