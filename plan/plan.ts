import type { Binding } from './binding.js';
import type { Digest } from './canonical.js';
import type { Json } from './json.js';

/** The plan format this build writes and the newest it reads. */
export const PLAN_FORMAT = 1;

/**
 * A compiled pipeline: plain data, content-addressed, never changed. The same source gives the same bytes on any
 * machine; documentation and source places are in {@link Annotations}, outside the hash.
 */
export interface Plan {
  readonly pawl: typeof PLAN_FORMAT;
  /** The pipeline's name, which is also the Temporal workflow type. */
  readonly pipeline: string;
  /** Digest of the code bundle that holds the steps' functions. */
  readonly code: Digest;
  /** JSON Schema of the params, for forms and documentation; the contract itself is in the bundle. */
  readonly params: Json;
  readonly schedule: SchedulePlan | null;
  /** How long a run waits for an operator after a fault before it fails, in milliseconds. */
  readonly holdMs: number;
  readonly block: Block;
}

export interface SchedulePlan {
  /** Five cron fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA time zone. */
  readonly timeZone: string;
}

/** Nodes that run as soon as their inputs are there, and the value they make together. */
export interface Block {
  /** In topological order. */
  readonly nodes: readonly PlanNode[];
  readonly result: Binding;
}

export type PlanNode = StepNode | WhenNode | MapNode | RejectNode;

/** Calls a step's function in a worker. */
export interface StepNode {
  readonly kind: 'step';
  readonly id: string;
  /** Name of the step in the code bundle. */
  readonly step: string;
  /** Digest of the step's own code, the local code it reaches and the versions of its packages. */
  readonly fingerprint: Digest;
  readonly input: Binding;
  readonly options: StepNodeOptions;
}

export interface StepNodeOptions {
  /** Pure and under a second: runs beside the workflow instead of through a task queue. */
  readonly light: boolean;
  /** `default`, `gpu`, or a name of the author's. */
  readonly queue: string;
  /** Longest time of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a worker may be silent before its attempt is given to another, in milliseconds. */
  readonly heartbeatMs: number;
  readonly retry: RetryPlan;
}

/** Counts only failures of the author's code; a lost worker or an unreachable store is retried apart. */
export interface RetryPlan {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Pause before the second attempt, in milliseconds. */
  readonly backoffMs: number;
  /** Factor from one pause to the next. */
  readonly factor: number;
}

/** Takes one of two ways. Its value is the result of the block that ran. */
export interface WhenNode {
  readonly kind: 'when';
  readonly id: string;
  readonly if: Binding;
  readonly then: Block;
  readonly else: Block;
}

/** Runs a block for each item of a list. Its value is the list of the results, in the items' order. */
export interface MapNode {
  readonly kind: 'map';
  readonly id: string;
  readonly over: Binding;
  /** Where in an item its key is (node ids come from it); `null`: the item itself, a string or a number. */
  readonly key: readonly (string | number)[] | null;
  /** Most items at work at a time. */
  readonly concurrency: number;
  readonly body: Block;
}

/** Ends the run with the outcome `rejected` and this value. */
export interface RejectNode {
  readonly kind: 'reject';
  readonly id: string;
  readonly with: Binding;
}

/** What a reader wants to know about a plan, kept beside it. */
export interface Annotations {
  /** TSDoc of the pipeline. */
  readonly doc: string;
  /** By node id. */
  readonly nodes: Readonly<Record<string, NodeAnnotation>>;
}

export interface NodeAnnotation {
  /** TSDoc of the step. */
  readonly doc: string;
  /** Path from the project's root, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}
