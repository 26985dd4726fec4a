import { resolveBinding } from '../plan/binding.js';
import type { RejectNode } from '../plan/plan.js';
import { RunRejected } from './ending.js';
import type { Frame } from './frame.js';
import { unquoteInline } from './inline-value.js';
import type { Run } from './run.js';

export async function interpretReject(node: RejectNode, frame: Frame, run: Run): Promise<never> {
  run.state.decided(frame.rename(node.id));
  throw new RunRejected(unquoteInline(resolveBinding(node.with, frame)));
}
