import { canonicalJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { StepNode } from '../../plan/plan.js';
import { planNodesOf } from '../../plan/visit.js';
import type { JournalEntry, RunRecord, Store } from '../../store/index.js';

/** The earlier run that a forecast compares with. */
export interface ComparedRun {
  /** Workflow id. */
  readonly run: string;
  /** What its nodes have committed, by id. */
  readonly entries: ReadonlyMap<string, JournalEntry>;
  /** The steps of its plan, by id there. */
  readonly steps: ReadonlyMap<string, StepNode>;
}

const MOST_LOOKED_AT = 50;

/** The latest run of the pipeline with the same params, else the latest; null when none has committed anything. */
export async function findComparedRun(pipeline: string, params: Json, store: Store): Promise<ComparedRun | null> {
  const runs = await store.runs.list({ pipeline, limit: MOST_LOOKED_AT });
  const isSame = (run: RunRecord): boolean => canonicalJson(run.params) === canonicalJson(params);
  for (const run of [...runs.filter(isSame), ...runs.filter((each) => !isSame(each))]) {
    const compared = await comparedRunOf(run, store);
    if (compared.entries.size > 0) return compared;
  }
  return null;
}

/** A run to compare with, whether it has committed anything or not. */
export async function comparedRunOf(run: RunRecord, store: Store): Promise<ComparedRun> {
  const entries = (await store.journal.nodesOfRun(run.runId)).filter(({ state }) => state === 'committed');
  // Of a node's generations the last one counts, which comes last.
  const byNode = new Map(entries.map((each) => [each.node, each]));
  return { run: run.workflowId, entries: byNode, steps: await stepsOf(run, store) };
}

async function stepsOf({ planHash }: RunRecord, store: Store): Promise<ComparedRun['steps']> {
  const stored = planHash && (await store.plans.plan(planHash));
  const nodes = stored ? planNodesOf(stored.plan) : [];
  return new Map(nodes.flatMap((node) => (node.kind === 'step' ? [[node.id, node] as const] : [])));
}
