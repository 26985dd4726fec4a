import { durationText } from '../chart-lines.js';
import { bindingText } from './binding-text.js';
import type { NodeSummary, PlanDiff } from './diff-plans.js';
import type { Difference } from './diff-values.js';

/** Colours for what was added, removed, and changed in between. Default: none. */
export interface DiffPaint {
  added(text: string): string;
  removed(text: string): string;
  changed(text: string): string;
}

const PLAIN: DiffPaint = { added: (text) => text, removed: (text) => text, changed: (text) => text };

/** A diff as people read it; empty when there is none. */
export function formatDiff(diff: PlanDiff, paint: DiffPaint = PLAIN): string {
  const { pipeline, params, nodes } = diff;
  const marks = { added: paint.added('+'), removed: paint.removed('-'), changed: paint.changed('~') };
  return [
    ...pipeline.map((each) => `${marks.changed} ${each.at}: ${changeText(each)}`),
    ...params.flatMap(({ param, change, details }) => [`${marks[change]} param ${param}`, ...details.map(indented)]),
    ...nodes.renamed.map(({ from, to }) => `${marks.changed} node ${from} is called ${to}`),
    ...nodes.removed.map((node) => `${marks.removed} node ${summaryText(node)}`),
    ...nodes.added.map((node) => `${marks.added} node ${summaryText(node)}`),
    ...nodes.changed.flatMap((node) => [`${marks.changed} node ${summaryText(node)}`, ...node.details.map(indented)]),
  ].join('\n');
}

function summaryText({ node, kind, step }: NodeSummary): string {
  if (kind !== 'step') return node === kind ? node : `${node} (${kind})`;
  return step === node ? node : `${node} (step ${step})`;
}

function indented(difference: Difference): string {
  return `    ${difference.at}: ${changeText(difference)}`;
}

function changeText({ at, from, to, why }: Difference): string {
  if (at === 'code') return why ?? 'other code';
  return `${valueText(at, from)} → ${valueText(at, to)}`;
}

function valueText(at: string, value: Difference['from']): string {
  if (value === undefined || (value === null && at === 'schedule')) return 'none';
  return typeof value === 'number' && at.endsWith('Ms') ? durationText(value) : bindingText(value);
}
