import type { Command } from 'commander';
import pc from 'picocolors';
import { diffPlans, explainDifference, formatDiff, type NodeChange, type PlanDiff } from '../../dsl/compile/index.js';
import { planNodesOf } from '../../plan/visit.js';
import { withExamples } from '../example.js';
import { type GivenPlan, loadPlans, PLAN_TARGET } from '../load-plan.js';
import { printJson, printLine } from '../output.js';

export function addDiffCommand(program: Command): void {
  withExamples(
    program
      .command('diff <a> <b>')
      .description('compare two plans by meaning; exit 0 if they are equal, 1 if they differ, 2 on errors')
      .option('--json', 'print the differences as JSON')
      .addHelpText('after', `\nA and B are each ${PLAN_TARGET}.`)
      .action(diff),
    'pawl diff flight-delays examples/flight-delays/pipeline.ts',
    'pawl diff build/flight-delays.plan.json 3f2a9c01 --json',
  );
}

async function diff(a: string, b: string, { json }: { readonly json?: boolean }): Promise<void> {
  // As of `diff`: 2 when it could not compare.
  process.exitCode = 2;
  const [before, after] = await loadPlans([a, b]);
  const found = await explained(diffPlans(before!.plan, after!.plan), before!, after!);
  if (json) printJson(found);
  else if (!found.equal) printLine(formatDiff(found, { added: pc.green, removed: pc.red, changed: pc.yellow }));
  process.exitCode = found.equal ? 0 : 1;
}

/** Between two files, which of the code is other code. */
async function explained(found: PlanDiff, before: GivenPlan, after: GivenPlan): Promise<PlanDiff> {
  if (before.file === undefined || after.file === undefined) return found;
  const changed: NodeChange[] = [];
  for (const node of found.nodes.changed) changed.push(await explainNode(node, before, after));
  return { ...found, nodes: { ...found.nodes, changed } };
}

async function explainNode(node: NodeChange, before: GivenPlan, after: GivenPlan): Promise<NodeChange> {
  const [was, now] = [stepOf(before, node.node), stepOf(after, node.node)];
  if (!node.details.some(({ at }) => at === 'code') || was === undefined || now === undefined) return node;
  const { files, packages } = await explainDifference(
    { file: before.file!, step: was },
    { file: after.file!, step: now },
  );
  const why = [...files, ...packages].join(', ');
  if (why === '') return node;
  return { ...node, details: node.details.map((detail) => (detail.at === 'code' ? { ...detail, why } : detail)) };
}

function stepOf({ plan }: GivenPlan, id: string): string | undefined {
  const node = planNodesOf(plan).find((each) => each.id === id);
  return node?.kind === 'step' ? node.step : undefined;
}
