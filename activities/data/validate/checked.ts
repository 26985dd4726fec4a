import type { Check } from '../contract/checks.js';
import type { Contract } from '../contract/contract.js';
import type { BrokenCounts } from './count-broken.js';
import type { BrokenRule } from './validation.js';

/** Rows, their rules, and how often each was broken. */
export interface Checked {
  /** SQL of the rows. */
  readonly rows: string;
  readonly contract: Contract;
  readonly checks: readonly Check[];
  readonly counts: BrokenCounts;
  readonly duplicates: number;
  /** The broken rules, the most broken first. */
  readonly broken: readonly BrokenRule[];
}

export function brokenRules(checks: readonly Check[], counts: BrokenCounts): BrokenRule[] {
  const all = checks.map(({ column, rule }, index) => {
    const rows = counts.byCheck[index]!;
    return { column, rule, rows, fraction: rows / counts.rows };
  });
  return all.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows);
}
