import type { Estimate, EvaluationReport, MetricChange, Metrics, Verdict } from '../values.js';
import { directionOf, METRIC_WORDS, signed, withInterval, words } from './metric-words.js';
import type { MetricName, Rule } from './rules.js';

type Reason = Verdict['reasons'][number];
type RuleOf<Kind> = Extract<Rule, { kind: Kind }>;

/**
 * Judges a report by rules. A pure function of recorded evidence, so that a proposed gate can be tried on past runs.
 * Every rule gives one reason, a sentence with the numbers that decided; all must pass. Thresholds are inclusive.
 */
export function judge(report: EvaluationReport, rules: readonly Rule[]): Verdict {
  const reasons = rules.map((rule) => judgeRule(report, rule));
  return {
    kind: 'verdict',
    passed: reasons.every((reason) => reason.passed),
    reasons,
    champion: report.champion?.version ?? null,
  };
}

function judgeRule(report: EvaluationReport, rule: Rule): Reason {
  switch (rule.kind) {
    case 'at-least':
    case 'at-most':
      return judgeBound(report, rule);
    case 'improves':
      return judgeImprovement(report, rule);
    case 'not-too-good':
      return judgeTooGood(report, rule);
    case 'no-slice-worse':
      return judgeSlices(report, rule);
  }
}

function judgeBound(report: EvaluationReport, rule: RuleOf<'at-least' | 'at-most'>): Reason {
  const { kind, metric, slice, value, confident } = rule;
  const where = slice === null ? '' : ` of ${slice}`;
  const name = `${METRIC_WORDS[metric]}${where} ${kind === 'at-least' ? 'at least' : 'at most'} ${value}`;
  const metrics = slice === null ? report.model : report.slices.find((own) => own.slice === slice)?.model;
  if (!metrics) return fail(name, `the report has no slice ${slice}`);
  const found = metrics[metric];
  if (!found) return fail(name, missing(metric, where, metrics));
  const [decides, end] = decisive(found, kind === 'at-least' ? 'low' : 'high', confident);
  const passed = kind === 'at-least' ? decides >= value : decides <= value;
  const sign = kind === 'at-least' ? (passed ? '≥' : '<') : passed ? '≤' : '>';
  const text = `${METRIC_WORDS[metric]}${where} is ${withInterval(found)}: ${end}${words(decides)} ${sign} ${value}`;
  return { rule: name, passed, text };
}

function judgeImprovement(report: EvaluationReport, rule: RuleOf<'improves'>): Reason {
  const { metric, by, relative, confident } = rule;
  const name = `${METRIC_WORDS[metric]} improves by ${by}${relative === null ? '' : ` and by ${percent(relative)}`}`;
  const found = changeFrom(report, metric);
  if (found === 'no champion') return skip(name);
  if (found === 'missing') return fail(name, missing(metric, '', report.model));
  const { gain, baseline } = found;
  const [decides, end] = decisive(gain, 'low', confident);
  const share = decides / Math.abs(baseline);
  const enough = decides >= by;
  const enoughShare = relative === null || share >= relative;
  const shares =
    relative === null ? '' : `; ${percent(share)} of ${words(baseline)} ${sign(enoughShare)} ${percent(relative)}`;
  const text = `${gained(report, metric, gain)}: ${end}${signed(decides)} ${sign(enough)} ${by}${shares}`;
  return { rule: name, passed: enough && enoughShare, text };
}

function judgeTooGood(report: EvaluationReport, { metric, by }: RuleOf<'not-too-good'>): Reason {
  const name = `${METRIC_WORDS[metric]} improves by no more than ${by}`;
  const found = changeFrom(report, metric);
  if (found === 'no champion') return skip(name);
  if (found === 'missing') return fail(name, missing(metric, '', report.model));
  const passed = found.gain.value <= by;
  const advice = passed ? '' : '; look for a column that gives the label away';
  const text = `${gained(report, metric, found.gain)}: ${signed(found.gain.value)} ${passed ? '≤' : '>'} ${by}${advice}`;
  return { rule: name, passed, text };
}

function judgeSlices(report: EvaluationReport, { metric, than, minRows }: RuleOf<'no-slice-worse'>): Reason {
  const name = `${METRIC_WORDS[metric]} of no slice worse by more than ${than}`;
  if (!report.champion) return skip(name);
  if (report.slices.length === 0) return fail(name, 'the report has no slices: give evaluate some columns in `slices`');
  const large = report.slices.filter((slice) => slice.model.rows >= minRows);
  const small = report.slices.length - large.length;
  const unjudged = large.filter((slice) => !slice.change?.[metric]).map((slice) => slice.slice);
  if (unjudged.length > 0) return fail(name, `${METRIC_WORDS[metric]} is missing in ${unjudged.join(', ')}`);
  const tooSmall = small === 0 ? '' : `; ${small} too small to judge (fewer than ${minRows} rows)`;
  if (large.length === 0) return fail(name, `no slice has ${minRows} rows, so none can be judged`);
  const changes = large.map((slice) => ({ slice: slice.slice, gain: gainOf(slice.change!, metric)!.value }));
  const worst = changes.reduce((least, own) => (own.gain < least.gain ? own : least));
  const worse = changes.filter((own) => own.gain < -than);
  if (worse.length === 0) {
    const text = `the worst of ${large.length} slices is ${worst.slice} with ${signed(worst.gain)} ≥ ${-than}${tooSmall}`;
    return { rule: name, passed: true, text };
  }
  const named = worse.map((own) => `${own.slice} (${signed(own.gain)})`).join(', ');
  return fail(name, `worse by more than ${than}: ${named}${tooSmall}`);
}

/** The change as a gain: positive is better, whichever way the metric goes. */
function changeFrom(
  report: EvaluationReport,
  metric: MetricName,
): { gain: Estimate; baseline: number } | 'no champion' | 'missing' {
  if (!report.champion) return 'no champion';
  const gain = report.change && gainOf(report.change, metric);
  const baseline = report.champion.metrics[metric];
  return gain && baseline ? { gain, baseline: baseline.value } : 'missing';
}

function gainOf(change: MetricChange, metric: MetricName): Estimate | null {
  const found = change[metric];
  if (!found || directionOf(metric) === 1) return found;
  return { value: -found.value, low: -found.high, high: -found.low };
}

function gained(report: EvaluationReport, metric: MetricName, gain: Estimate): string {
  const { name, version } = report.champion!;
  const better = directionOf(metric) === 1 ? 'more' : 'less';
  return `${METRIC_WORDS[metric]} gains ${withInterval(gain, signed)} over ${name} version ${version} (${better} is better)`;
}

function decisive(estimate: Estimate, end: 'low' | 'high', confident: boolean): [number, string] {
  if (!confident) return [estimate.value, ''];
  return [estimate[end], end === 'low' ? 'its lower end ' : 'its upper end '];
}

function missing(metric: MetricName, where: string, metrics: Metrics): string {
  const why = metric === 'auc' ? `: ${metrics.positives} of ${metrics.rows} rows are positive` : '';
  return `${METRIC_WORDS[metric]}${where} is missing from the report${why}`;
}

function sign(passed: boolean): string {
  return passed ? '≥' : '<';
}

function percent(share: number): string {
  return `${Math.round(share * 1e4) / 100} %`;
}

function skip(rule: string): Reason {
  return { rule, passed: true, text: 'skipped: there is no champion to compare with' };
}

function fail(rule: string, text: string): Reason {
  return { rule, passed: false, text };
}
