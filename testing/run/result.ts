import type { Json } from '../../plan/json.js';
import type { PlanNode } from '../../plan/plan.js';
import type { Fault, NodeState, Outcome } from '../../plan/protocol.js';

/** `held`: a node met a fault and no decision was given. `waiting`: nobody came to an approval, or sent an event. */
export type TestOutcome = Outcome | 'held' | 'waiting';

/** A node of a run, as the test sees it. */
export interface TestNode {
  /** Its id in the run. */
  readonly node: string;
  readonly kind: PlanNode['kind'];
  readonly state: NodeState;
  /** Name of the step, of a node that is one. */
  readonly step?: string;
  /** What a step was given, defaults not yet filled in; definitions and secrets are names. */
  readonly input?: Json;
  /** What it put out; absent when it has not come to an end. */
  readonly output?: Json;
  /** How often the step's function was called; absent for other nodes. */
  readonly attempts?: number;
  /** A stub stood in. */
  readonly stubbed?: boolean;
  /** The run whose output it took over. */
  readonly reused?: string;
  readonly fault: Fault | null;
}

interface Ended {
  /** The nodes that the run came to, or went past, in the order in which it did. */
  readonly nodes: readonly TestNode[];
  /** Those that held, failed or ended the run. */
  readonly faults: readonly Fault[];
}

/** How a run ended. The value has the pipeline's type once the outcome says `succeeded`. */
export type RunEnding<Value> =
  | (Ended & { readonly outcome: 'succeeded'; readonly value: Value })
  | (Ended & {
      readonly outcome: 'rejected';
      /** What it was rejected with. */
      readonly value: Json;
    })
  | (Ended & { readonly outcome: Exclude<TestOutcome, 'succeeded' | 'rejected'>; readonly value: null });
