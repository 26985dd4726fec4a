import { type Quoted, quote, refsOf } from '../../plan/binding.js';
import { type Block, EXIT_ITEM, type PlanNode } from '../../plan/plan.js';
import type { Fault, Outcome } from '../../plan/protocol.js';
import { bindingsOf, blocksOf, nodesOf } from '../../plan/visit.js';
import { Frame } from '../../workflows/frame.js';
import { NodeFailed, RunStopped } from './endings.js';
import type { Evaluation } from './evaluate.js';
import { notedFaults } from './fault-policies.js';
import type { RunParts } from './run-parts.js';

export interface Ending {
  readonly outcome: Outcome;
  readonly value: Quoted;
  readonly faults: readonly Fault[];
}

const quoteFault = ({ node, type, message, hint }: Fault): Quoted => quote({ node, type, message, hint });

/** Runs what the pipeline has for its end: each node for itself, so that one that fails takes only those that need it. */
export async function runExit(evaluation: Evaluation, parts: RunParts, params: Quoted, ending: Ending): Promise<void> {
  const { onExit } = parts.traced;
  if (!onExit) return;
  const { outcome, value, faults } = ending;
  const info: Quoted = { outcome, value, faults: faults.map(quoteFault) };
  const frame = new Frame(params).withItem(EXIT_ITEM, info);
  const own = new Set(onExit.block.nodes.map(({ id }) => id));
  for (const node of onExit.block.nodes) {
    const needed = readsOf(node).filter((id) => own.has(id));
    if (needed.every((id) => frame.output(id) !== undefined)) await runAlone(node, frame, evaluation, parts);
    else skip(node, frame, parts);
  }
  parts.table.closeUnder(`${EXIT_ITEM}/`, 'cancelled');
}

async function runAlone(node: PlanNode, frame: Frame, evaluation: Evaluation, parts: RunParts): Promise<void> {
  const alone: Block = { nodes: [node], result: { $ref: node.id, path: [] } };
  try {
    const value = await evaluation.block(alone, frame.inner(), notedFaults(parts.table));
    if (value !== undefined) frame.put(node.id, value);
  } catch (error) {
    if (!(error instanceof NodeFailed || error instanceof RunStopped)) throw error;
  }
}

function skip(node: PlanNode, frame: Frame, { table }: RunParts): void {
  for (const each of [node, ...innerNodesOf(node)]) table.skip(frame.rename(each.id), each);
}

/** The nodes that a node and those inside of it read. */
function readsOf(node: PlanNode): readonly string[] {
  const inner = innerNodesOf(node);
  const results = [node, ...inner].flatMap(blocksOf).map(({ result }) => result);
  return [...new Set([...[node, ...inner].flatMap(bindingsOf), ...results].flatMap(refsOf))];
}

function innerNodesOf(node: PlanNode): readonly PlanNode[] {
  return blocksOf(node).flatMap(nodesOf);
}
