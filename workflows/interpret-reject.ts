import { type Quoted, resolveBinding } from '../plan/binding.js';
import type { RejectNode } from '../plan/plan.js';
import { settle, whenThere } from './decide.js';
import { RunRejected } from './ending.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';

export async function interpretReject(node: RejectNode, frame: Frame, run: Run): Promise<Quoted> {
  const id = frame.rename(node.id);
  return whenThere(settle(resolveBinding(node.with, frame), id, run), (value) => {
    run.state.decided(id);
    throw new RunRejected(value);
  });
}
