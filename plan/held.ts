import type { Quoted } from './binding.js';
import type { StepNode } from './plan.js';
import type { Given, NodeCode, StepTask } from './protocol.js';

/** How a held node goes on. Plain data. */
export type Resumption =
  | { readonly how: 'retry' /** Absent: the code it has had. */; readonly code?: NodeCode }
  | { readonly how: 'given'; readonly output: Quoted; readonly given: Given };

/** A step whose last attempt has failed. */
export interface HeldStep {
  readonly node: StepNode;
  /** As it was sent to a worker. */
  readonly task: StepTask;
}
