import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { PresentNode } from '../plan/plan.js';
import { isNull } from './decide.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';
import { takeWay } from './take-way.js';

export async function interpretPresent(node: PresentNode, frame: Frame, run: Run): Promise<Quoted> {
  const absent = await isNull(resolveBinding(node.value, frame), frame.rename(node.id), run);
  return takeWay(node, absent ? node.else : node.then, frame, run);
}
