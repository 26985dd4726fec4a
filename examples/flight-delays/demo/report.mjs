/** What the demo tells of its runs, read from what their steps have put out. */
import { check, fact, remark } from './screen.mjs';

const whole = (count) => count.toLocaleString('en-US');
const four = (value) => value.toFixed(4);
const signed = (value) => `${value < 0 ? '−' : '+'}${four(Math.abs(value))}`;
const interval = ({ value, low, high }, write = four) => `${write(value)} (${write(low)} to ${write(high)})`;

/** The rows that break the contract, by rule. */
export function showFileCheck({ outputs }) {
  const { accepted, quarantined, rules, duplicates } = outputs.validate;
  fact(
    `${whole(accepted.rows + quarantined.rows)} rows: ${whole(quarantined.rows)} put aside, with the rules they broke`,
  );
  for (const { column, rule, rows } of rules) check(false, `${whole(rows).padStart(3)} × ${column ?? 'row'}: ${rule}`);
  remark(`${whole(duplicates)} rows are exact copies of an earlier one`);
  if (quarantined.rows === 0) throw new Error('the contract caught nothing in a file that is known to have faults');
}

/** One month's run; returns what the summary needs of it. */
export function showMonth(firing, { workflowId, outcome, value, outputs }, tookMs) {
  const { validate, 'validate-judge': judged, 'fit-features': features, evaluate: report, train: model } = outputs;
  const verdict = outcome === 'rejected' ? value : value.verdict;
  fact(`${firing.slice(0, 10)}   trained on ${model.trainedOn.partition}, judged on ${report.judgedOn.partition}`);
  remark(`${describeRows(validate)}; ${describeDrift(validate.drift)}`);
  remark(`features learnt from ${validate.accepted.partition} alone: ${features.width} numbers, and ids to embed`);
  remark(
    `AUC ${interval(report.model.auc)}${describeChampion(report)}; ${model.backend}; ${Math.round(tookMs / 1000)} s`,
  );
  for (const { passed, text } of verdict.reasons) check(passed, text);
  const version = value.deployment?.version;
  fact(version ? `deployed as version ${version}` : 'rejected: the champion stays');
  return {
    workflowId,
    firing,
    model,
    report,
    verdict,
    accepted: version !== undefined,
    version,
    judgedRows: judged.accepted,
  };
}

function describeRows({ accepted, quarantined }) {
  return `${whole(accepted.rows)} rows accepted, ${whole(quarantined.rows)} put aside`;
}

function describeDrift(drift) {
  if (!drift?.largest) return 'no earlier month to measure drift from';
  const columns = drift.columns.map(({ column, value }) => `${column} ${value.toFixed(4)}`);
  return `drift since the month before: ${columns.join(', ')}`;
}

function describeChampion({ champion }) {
  return champion ? `; the champion, version ${champion.version}: ${four(champion.metrics.auc.value)}` : '';
}

/** Head and rows of the closing table. */
export function summarise(months) {
  const head = ['fired', 'trained on', 'judged on', 'AUC', 'champion', 'difference, 95 % interval', 'verdict'];
  const rows = months.map(({ firing, model, report, accepted, version }) => [
    firing.slice(0, 10),
    model.trainedOn.partition,
    report.judgedOn.partition,
    four(report.model.auc.value),
    report.champion ? `${four(report.champion.metrics.auc.value)} (v${report.champion.version})` : 'none',
    report.change ? interval(report.change.auc, signed) : '',
    accepted ? `deployed as v${version}` : 'rejected',
  ]);
  return [head, rows];
}
