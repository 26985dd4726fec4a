import type { PlanNode } from '../plan/plan.js';
import type { Frame } from './frame.js';
import type { Run } from './run.js';

/** Gives a node that begins the label that its author has given it. */
export function nameNode({ id }: PlanNode, frame: Frame, run: Run): void {
  const label = run.pinned.labels?.[id];
  if (label !== undefined) run.state.call(frame.rename(id), label);
}
