import type { Binding } from './binding.js';
import type { Digest } from './canonical.js';
import type { Json } from './json.js';

/** The plan format this build writes and the newest it reads. Format 1 had only step, when, map and reject. */
export const PLAN_FORMAT = 2;

/**
 * A compiled pipeline: plain data, content-addressed, never changed. The same source gives the same bytes on any
 * machine; documentation and source places are in {@link Annotations}, outside the hash.
 */
export interface Plan {
  readonly pawl: 1 | typeof PLAN_FORMAT;
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
  /** What runs when the run is at its end, however it ended. */
  readonly onExit?: ExitPlan;
}

/** In its block, the item called {@link EXIT_ITEM} is how the run ended. */
export interface ExitPlan {
  readonly block: Block;
  /** Longest time of it all, in milliseconds. */
  readonly timeoutMs: number;
}

/** Name of the item that the nodes of an {@link ExitPlan} read. */
export const EXIT_ITEM = 'on-exit';

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

export type PlanNode =
  | StepNode
  | WhenNode
  | MatchNode
  | PresentNode
  | MapNode
  | ReduceNode
  | PipelineNode
  | ApprovalNode
  | WaitNode
  | SleepNode
  | RejectNode;

interface NodeBase {
  readonly id: string;
  /** Nodes that must be done before this one starts, beside those it reads. */
  readonly after?: readonly string[];
}

/** Calls a step's function in a worker. */
export interface StepNode extends NodeBase {
  readonly kind: 'step';
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
  /** Devices one attempt needs. Absent: none. */
  readonly gpu?: number;
  /** 1 (first) to 5 (last), among what waits for the same workers. Absent: 3. */
  readonly priority?: number;
  /** Absent: `off`. */
  readonly cache?: CacheMode;
  /** Most attempts of the step at a time, over all runs and workers. Absent: as many as the workers take. */
  readonly limit?: number;
}

/**
 * `off`: always runs. `reuse`: takes the output of an earlier execution of the same code on the same input, if there is
 * one. `refresh`: runs, and offers its output to later runs.
 */
export type CacheMode = 'off' | 'reuse' | 'refresh';

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
export interface WhenNode extends NodeBase {
  readonly kind: 'when';
  readonly if: Binding;
  readonly then: Block;
  readonly else: Block;
}

/** Runs a block for each item of a list. Its value is the list of the results, in the items' order. */
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly over: Binding;
  /** Where in an item its key is (node ids come from it); `null`: the item itself, a string or a number. */
  readonly key: readonly (string | number)[] | null;
  /** Most items at work at a time. */
  readonly concurrency: number;
  /** How many items must succeed; the value has `null` for those that did not. Absent: all. */
  readonly minSuccess?: MinSuccess;
  readonly body: Block;
}

/** A number of items, or a share of them from 0 to 1. */
export type MinSuccess = { readonly items: number } | { readonly share: number };

/** Takes the way whose tag the value has. Its value is the result of the block that ran. */
export interface MatchNode extends NodeBase {
  readonly kind: 'match';
  /** The tag: a text, a number or a truth value. */
  readonly on: Binding;
  readonly cases: readonly MatchCase[];
  /** For every other tag. Absent: there is no other. */
  readonly otherwise?: Block;
}

export interface MatchCase {
  readonly is: string | number | boolean;
  readonly block: Block;
}

/** Takes one way when a value is there, the other when it is `null`. */
export interface PresentNode extends NodeBase {
  readonly kind: 'present';
  readonly value: Binding;
  readonly then: Block;
  readonly else: Block;
}

/**
 * Runs a block for each item of a list, one after the other. In the body the item called after this node is
 * `{ value, item }`: what there is so far, and the item. Its value is the last block's result.
 */
export interface ReduceNode extends NodeBase {
  readonly kind: 'reduce';
  readonly over: Binding;
  /** As a map's. */
  readonly key: readonly (string | number)[] | null;
  /** The value before the first item. */
  readonly initial: Binding;
  readonly body: Block;
}

/** Runs another pipeline's graph. In the body the item called after this node is its checked params. */
export interface PipelineNode extends NodeBase {
  readonly kind: 'pipeline';
  /** Name of the other pipeline, which is in the same code bundle. */
  readonly pipeline: string;
  readonly params: Binding;
  readonly body: Block;
}

/** Waits until people have decided. Its value is an `ApprovalResult`. */
export interface ApprovalNode extends NodeBase {
  readonly kind: 'approval';
  /** The question. */
  readonly ask: string;
  /** What the question is about, for those who decide. */
  readonly shows: Binding;
  /** JSON Schema of what an approver fills in; `null` when there is nothing to fill in. The contract is in the bundle. */
  readonly form: Json;
  /** Who may decide; empty: anyone. */
  readonly roles: readonly string[];
  /** Who may decide when it has been waited for so long, the first stage first. Absent: nobody else. */
  readonly escalate?: readonly EscalationStage[];
  /** Decisions count only with a signed grant. Absent: as the run's environment says. */
  readonly grant?: 'required';
  /** How many must approve; a single refusal decides against. */
  readonly quorum: number;
  /** How long it is waited for, in milliseconds; `null`: for ever. */
  readonly expiresMs: number | null;
  /** What happens then: the run ends as rejected, or the value says so. */
  readonly onExpiry: 'reject' | 'decline';
}

/** Who may decide at an approval from a time on. */
export interface EscalationStage {
  /** Milliseconds from when the run began to wait there. */
  readonly afterMs: number;
  /** Who may decide then. */
  readonly roles: readonly string[];
  /** Those who could decide before may not any more. Absent: they still may. */
  readonly instead?: true;
}

/** Waits for an event that somebody sends to this node. Its value is what the event carries. */
export interface WaitNode extends NodeBase {
  readonly kind: 'wait';
  /** JSON Schema of the event; the contract is in the bundle. */
  readonly schema: Json;
  /** After so long the value is `null`; `null`: wait for ever. */
  readonly timeoutMs: number | null;
}

/** Waits for a while, or until a time. Its value is `null`. */
export interface SleepNode extends NodeBase {
  readonly kind: 'sleep';
  /** A number of milliseconds, or an ISO 8601 time with its zone. A time that has passed is not waited for. */
  readonly until: Binding;
}

/** Ends the run with the outcome `rejected` and this value. */
export interface RejectNode extends NodeBase {
  readonly kind: 'reject';
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
  /** What the author calls the node, where its id says too little. */
  readonly label?: string;
}
