import type { Json } from '../../../../plan/json.js';
import type { Plan, PlanNode } from '../../../../plan/plan.js';
import { diffNode } from './diff-node.js';
import { diffParams, type ParamChange } from './diff-params.js';
import { type Difference, diffValues } from './diff-values.js';
import { emptyMatching, matchBlocks } from './match-nodes.js';
import { renameBinding } from './rename-node.js';
import { NO_BLOCK } from './ways.js';

/** What one plan means that another does not. Bytes, and orders that do not matter, are not looked at. */
export interface PlanDiff {
  readonly equal: boolean;
  /** In the pipeline's name, its schedule, how long it holds, its result, and `onExit` as a whole. */
  readonly pipeline: readonly Difference[];
  readonly params: readonly ParamChange[];
  readonly nodes: {
    readonly added: readonly NodeSummary[];
    readonly removed: readonly NodeSummary[];
    /** The same under another id; what reads it has not changed by that. */
    readonly renamed: readonly { readonly from: string; readonly to: string }[];
    readonly changed: readonly NodeChange[];
  };
}

export interface NodeSummary {
  readonly node: string;
  readonly kind: PlanNode['kind'];
  /** For a step. */
  readonly step?: string;
}

export interface NodeChange extends NodeSummary {
  /** In `code`, `input.…`, `options.…`, and what else a node of its kind says; refs are called as they are now. */
  readonly details: readonly Difference[];
}

/** Compares two plans by meaning. */
export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const found = emptyMatching();
  matchBlocks(before.block, after.block, found);
  matchBlocks(before.onExit?.block ?? NO_BLOCK, after.onExit?.block ?? NO_BLOCK, found);
  const rename = (id: string): string => found.ids.get(id) ?? id;
  const changed = found.pairs
    .map(([was, now]) => ({ ...summaryOf(now), details: diffNode(was, now, rename) }))
    .filter(({ details }) => details.length > 0);
  const diff: Omit<PlanDiff, 'equal'> = {
    pipeline: diffHeads(before, after, rename),
    params: diffParams(before.params, after.params),
    nodes: {
      added: found.added.map(summaryOf),
      removed: found.removed.map(summaryOf),
      renamed: found.renamed,
      changed,
    },
  };
  return { equal: isEmpty(diff), ...diff };
}

function summaryOf(node: PlanNode): NodeSummary {
  return { node: node.id, kind: node.kind, ...(node.kind === 'step' ? { step: node.step } : {}) };
}

function diffHeads(before: Plan, after: Plan, rename: (id: string) => string): readonly Difference[] {
  const exit = (plan: Plan): Json | undefined => plan.onExit && { timeoutMs: plan.onExit.timeoutMs };
  return [
    ...diffValues('name', before.pipeline, after.pipeline),
    ...diffValues('schedule', before.schedule as Json, after.schedule as Json),
    ...diffValues('holdMs', before.holdMs, after.holdMs),
    ...diffValues('onExit', exit(before), exit(after)),
    ...diffValues('result', renameBinding(before.block.result, rename), after.block.result),
  ];
}

function isEmpty({ pipeline, params, nodes }: Omit<PlanDiff, 'equal'>): boolean {
  const lists = [pipeline, params, nodes.added, nodes.removed, nodes.renamed, nodes.changed];
  return lists.every((list) => list.length === 0);
}
