import type { Quoted } from '../plan/binding.js';
import { FailureType } from '../plan/failure.js';
import type { MatchNode } from '../plan/plan.js';
import type { Fault } from '../plan/protocol.js';
import { valueToDecide } from './decide.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { takeWay } from './take-way.js';

export async function interpretMatch(node: MatchNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  const tag = await valueToDecide(node.on, id, frame, run);
  const way = isTag(tag) ? node.cases.find(({ is }) => String(is) === String(tag))?.block : undefined;
  const taken = way ?? node.otherwise;
  if (!taken) throw run.faults.refuse(unknownTag(id, tag, node));
  return takeWay(node, taken, frame, run);
}

function isTag(value: Quoted): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function unknownTag(node: string, tag: Quoted, { cases }: MatchNode): Fault {
  const known = cases.map(({ is }) => JSON.stringify(String(is))).join(', ') || 'none';
  return {
    node,
    type: FailureType.InvalidValue,
    message: `match "${node}" has no case for ${JSON.stringify(tag).slice(0, 100)}; its cases are: ${known}`,
    hint: 'Add a case, or `otherwise` for every other tag, and publish the pipeline again.',
  };
}
