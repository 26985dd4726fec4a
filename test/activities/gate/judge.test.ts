import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gate } from '../../../activities/gate/gate.js';
import { judge } from '../../../activities/gate/judge.js';
import { atLeast, atMost, improves, noSliceWorse, notTooGood, type Rule } from '../../../activities/gate/rules.js';
import type { Estimate, EvaluationReport, MetricChange, Metrics } from '../../../activities/values.js';

const about = (value: number, half = 0.01): Estimate => ({ value, low: value - half, high: value + half });

function metrics(auc: number | null, rows = 5000): Metrics {
  const loss = { logLoss: about(0.5), accuracy: about(0.8), brier: about(0.15), calibrationError: about(0.02) };
  return {
    rows,
    positives: auc === null ? 0 : 1000,
    auc: auc === null ? null : about(auc),
    ...loss,
    averagePrecision: 0.4,
  };
}

function change(auc: number, half = 0.004, logLoss = 0): MetricChange {
  const none = about(0);
  return { auc: about(auc, half), logLoss: about(logLoss, half), accuracy: none, brier: none, calibrationError: none };
}

function reportOf(changes: Partial<EvaluationReport> = {}): EvaluationReport {
  const base = {
    kind: 'report',
    judgedOn: { rows: 5000, partition: '2001-03' },
    champion: null,
    change: null,
  } as const;
  return { ...base, model: metrics(0.67), slices: [], ...changes };
}

const champion = { name: 'flight-delays', version: 3, metrics: metrics(0.66) };
const judgeOne = (report: EvaluationReport, rule: Rule) => judge(report, [rule]).reasons[0]!;

describe('value rules', () => {
  test('thresholds are inclusive', () => {
    expect(judgeOne(reportOf(), atLeast('auc', 0.67)).passed).toBe(true);
    expect(judgeOne(reportOf(), atLeast('auc', 0.6701)).passed).toBe(false);
    expect(judgeOne(reportOf(), atMost('logLoss', 0.5)).passed).toBe(true);
    expect(judgeOne(reportOf(), atMost('logLoss', 0.4999)).passed).toBe(false);
  });

  test('say the numbers that decided', () => {
    expect(judgeOne(reportOf(), atLeast('auc', 0.665, { confident: true }))).toEqual({
      rule: 'AUC at least 0.665',
      passed: false,
      text: 'AUC is 0.6700 (95 % interval 0.6600 to 0.6800): its lower end 0.6600 < 0.665',
    });
  });

  test('a missing metric or slice fails by name', () => {
    expect(judgeOne(reportOf({ model: metrics(null) }), atLeast('auc', 0.5))).toMatchObject({
      passed: false,
      text: 'AUC is missing from the report: 0 of 5000 rows are positive',
    });
    expect(judgeOne(reportOf(), atLeast('auc', 0.5, { slice: 'origin=ATL' }))).toMatchObject({
      passed: false,
      text: 'the report has no slice origin=ATL',
    });
  });
});

describe('change rules', () => {
  test('are skipped without a champion, and say so', () => {
    for (const rule of [improves('auc'), notTooGood('auc', { by: 0.1 }), noSliceWorse('auc', { than: 0.02 })]) {
      expect(judgeOne(reportOf(), rule)).toMatchObject({ passed: true, text: expect.stringMatching(/^skipped: /) });
    }
  });

  test('both the absolute and the relative improvement must hold', () => {
    const report = reportOf({ champion, change: change(0.01) });
    expect(judgeOne(report, improves('auc', { by: 0.01 })).passed).toBe(true);
    expect(judgeOne(report, improves('auc', { by: 0.01, relative: 0.02 })).passed).toBe(false);
    expect(judgeOne(report, improves('auc', { by: 0.02, relative: 0.01 })).passed).toBe(false);
    expect(judgeOne(report, improves('auc', { by: 0.01, relative: 0.015 })).passed).toBe(true);
  });

  test('with an interval its worse end decides', () => {
    const report = reportOf({ champion, change: change(0.003) });
    expect(judgeOne(report, improves('auc')).passed).toBe(true);
    expect(judgeOne(report, improves('auc', { confident: true }))).toEqual({
      rule: 'AUC improves by 0',
      passed: false,
      text:
        'AUC gains +0.0030 (95 % interval -0.0010 to +0.0070) over flight-delays version 3 (more is better): ' +
        'its lower end -0.0010 < 0',
    });
  });

  test('a lower loss is a gain', () => {
    const report = reportOf({ champion, change: change(0, 0.004, -0.01) });
    expect(judgeOne(report, improves('logLoss', { confident: true })).passed).toBe(true);
    expect(judgeOne(report, improves('logLoss', { by: 0.02 })).passed).toBe(false);
  });

  test('too good to be true', () => {
    expect(judgeOne(reportOf({ champion, change: change(0.2) }), notTooGood('auc', { by: 0.1 }))).toMatchObject({
      passed: false,
      text: expect.stringContaining('gives the label away'),
    });
  });
});

describe('slice rules', () => {
  const slice = (name: string, gain: number, rows = 5000) => ({
    slice: name,
    model: metrics(0.6, rows),
    champion: metrics(0.6, rows),
    change: change(gain),
  });

  test('name every slice that got worse, and count those too small', () => {
    const slices = [slice('origin=ATL', -0.03), slice('origin=DFW', 0.01), slice('origin=XXX', -0.5, 10)];
    const report = reportOf({ champion, change: change(0.01), slices });
    expect(judgeOne(report, noSliceWorse('auc', { than: 0.02 }))).toMatchObject({
      passed: false,
      text: 'worse by more than 0.02: origin=ATL (-0.0300); 1 too small to judge (fewer than 1000 rows)',
    });
    expect(judgeOne(report, noSliceWorse('auc', { than: 0.03 })).passed).toBe(true);
  });

  test('fail when nothing can be judged', () => {
    const report = reportOf({ champion, change: change(0.01), slices: [slice('origin=XXX', 0, 10)] });
    expect(judgeOne(report, noSliceWorse('auc', { than: 0.02 })).passed).toBe(false);
    expect(judgeOne({ ...report, slices: [] }, noSliceWorse('auc', { than: 0.02 })).passed).toBe(false);
  });
});

describe('judge', () => {
  test('passes only when every rule does, in any order', () => {
    const rule = fc.constantFrom<Rule>(atLeast('auc', 0.6), atLeast('auc', 0.7), improves('auc'), atMost('brier', 0.1));
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1 }), (rules) => {
        const verdict = judge(reportOf(), rules);
        expect(verdict.passed).toBe(rules.every((one) => judgeOne(reportOf(), one).passed));
        expect(judge(reportOf(), [...rules].reverse()).passed).toBe(verdict.passed);
      }),
    );
  });

  test('the step gives the verdict and the champion it was made against', async () => {
    const report = reportOf({ champion, change: change(0.01) });
    const verdict = await gate.run({ report, rules: [improves('auc')] });
    expect(verdict).toMatchObject({ kind: 'verdict', passed: true, champion: 3 });
  });
});
