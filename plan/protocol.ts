/**
 * What the interpreter and the workers say to each other. Every message is recorded in a run's history, so a change of
 * these shapes needs a new engine version.
 */
import type { Quoted } from './binding.js';
import type { Digest } from './canonical.js';
import type { Json } from './json.js';
import type { Plan, RetryPlan } from './plan.js';

/** Version of the interpreter's sequence of commands. Recorded by `begin`; older runs keep their own. */
export const ENGINE_VERSION = 1;

/** Temporal activity types of Pawl's own; every other activity type is the name of a step. */
export const ActivityName = {
  begin: 'pawl.begin',
  recordRun: 'pawl.record-run',
  /** Brings a spilled list back for a `map`. */
  read: 'pawl.read',
} as const;

/** Custom search attributes of a run; all are Keywords. */
export const SearchAttribute = {
  pipeline: 'PawlPipeline',
  phase: 'PawlPhase',
  outcome: 'PawlOutcome',
  plan: 'PawlPlan',
  model: 'PawlModel',
} as const;

/** Names of the Updates and the Query a run answers. */
export const RunMessage = { retry: 'retry', abort: 'abort', nodes: 'nodes' } as const;

/** The task queue of runs and ordinary steps; a step's own queue is `pawl-NAME`. */
export const TASK_QUEUE = 'pawl';

/** Temporal task queue of a step's queue. `base` is the environment's own queue. */
export function taskQueueOf(base: string, queue: string): string {
  return queue === 'default' ? base : `${base}-${queue}`;
}

export interface BeginInput {
  readonly pipeline: string;
  /** Null when the run was started without params: the schedule's, or the defaults, apply. */
  readonly params: Json;
  /** ISO 8601, UTC: the schedule's firing time, else the run's start. */
  readonly nominalTime: string;
  readonly scheduled: boolean;
}

/** Pins the run: its history needs nothing else to be replayed. */
export interface BeginResult {
  readonly engine: number;
  readonly plan: Plan;
  readonly planHash: Digest;
  readonly params: Quoted;
  readonly nominalTime: string;
  /** The pipeline's documentation, for whoever looks at the run. */
  readonly doc?: string;
}

/** What a worker needs to call a step's function; all that a light step is sent. */
export interface StepCall {
  readonly pipeline: string;
  readonly code: Digest;
  readonly node: string;
  readonly step: string;
  readonly input: Quoted;
  readonly nominalTime: string;
}

/** One attempt series of one node, with what its journal entry says. */
export interface StepTask extends StepCall {
  readonly planHash: Digest;
  /** Grows with each operator's retry. From 0. */
  readonly generation: number;
  readonly fingerprint: Digest;
  readonly retry: RetryPlan;
}

export interface StepResult {
  readonly output: Quoted;
  /** Milliseconds the function ran. */
  readonly ms: number;
}

export const OUTCOMES = ['succeeded', 'rejected', 'failed', 'aborted', 'cancelled'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type Phase = 'running' | 'held' | 'closed';

export type NodeState = 'running' | 'done' | 'held' | 'skipped' | 'failed' | 'cancelled';

/** A line of a run's table of nodes. */
export interface NodeStatus {
  readonly node: string;
  readonly state: NodeState;
  /** Milliseconds from start to end; null while it runs. */
  readonly ms: number | null;
  /** What went wrong, for a held or failed node. */
  readonly fault: Fault | null;
}

export interface Fault {
  readonly node: string;
  readonly type: string;
  readonly message: string;
  readonly hint: string | null;
}

/** What a closed run returns to whoever started it, in its memo too. */
export interface RunResult {
  readonly outcome: Outcome;
  /** The pipeline's result, or the value it was rejected with. */
  readonly value: Json;
  readonly plan: Digest;
  readonly nodes: readonly NodeStatus[];
}

/** Keeps Postgres' projection of a run up to date. */
export interface RecordRunInput {
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  readonly value: Json;
  readonly faults: readonly Fault[];
}
