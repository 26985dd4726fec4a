import type { Quoted } from '../binding.js';
import type { Digest } from '../canonical.js';
import type { CacheMode, RetryPlan, StepNodeOptions } from '../plan.js';
import type { WaitsForTurn } from './turns.js';

/** A run, as the journal and its steps know it. */
export interface RunKey {
  /** Workflow id. */
  readonly id: string;
  /** Temporal's run id. */
  readonly runId: string;
}

/** Asks for a value to be checked by a schema of the code bundle; answered with the value, defaults filled in. */
export interface CheckInput {
  readonly code: Digest;
  /** Name in the trace's schemas, as `pipeline/evaluate-all` or `node/approve`, or `step/train/output`. */
  readonly schema: string;
  readonly value: Quoted;
}

/** What a worker needs to call a step's function; all that a light step is sent. */
export interface StepCall {
  readonly pipeline: string;
  readonly code: Digest;
  readonly node: string;
  readonly step: string;
  readonly input: Quoted;
  readonly nominalTime: string;
  /** The run it belongs to, where it is another workflow that asks for it. Absent: that workflow. */
  readonly run?: RunKey;
}

/** One attempt series of one node, with what its journal entry says. */
export interface StepTask extends StepCall {
  readonly planHash: Digest;
  /** Grows with each operator's retry. From 0. */
  readonly generation: number;
  readonly fingerprint: Digest;
  readonly retry: RetryPlan;
  /** Attempts of this generation that were cut off by their time limit. Absent: none. */
  readonly cutOff?: number;
  /** The run whose output of this node is taken, if it is the same work. `anew`: the node after which nothing is. */
  readonly from?: { readonly run: string; readonly runId: string; readonly anew?: string };
  /** Absent: `off`. */
  readonly cache?: CacheMode;
  /** The definitions whose code the fingerprint covers; there only with `cache`. Others came as values of the run. */
  readonly covers?: readonly string[];
  /** Where it may not begin yet, it says so with a {@link StepWait} instead of waiting in the worker. */
  readonly mayWait?: true;
  /** Most attempts of the step at a time, wherever. Absent: no limit. */
  readonly limit?: number;
  /** Devices the attempt needs. Absent: none. */
  readonly gpu?: number;
  /** How long the node has waited for its turn already, in milliseconds. Absent: it has not. */
  readonly waitedMs?: number;
}

/** What a step's activity answers when it may not begin yet. Only to a task that says `mayWait`. */
export interface StepWait {
  readonly wait: {
    /** After so many milliseconds it is worth another try. */
    readonly ms: number;
    readonly why: WaitsForTurn;
  };
}

export interface StepResult {
  readonly output: Quoted;
  /** Milliseconds the function ran. */
  readonly ms: number;
  /** The earlier execution whose output this is. Absent: the function ran. */
  readonly reused?: Reused;
}

/** An execution whose output another node took over. */
export interface Reused {
  /** Workflow id. */
  readonly run: string;
  readonly node: string;
}

/**
 * The code that a node runs instead of the run's own, from an operator's retry on. Its plan is in the journal's row of
 * each generation that ran with it, so what looks for the plans and bundles that a run uses must look there beside the
 * run's own plan; between the operator's decision and the row, the plan is in the run's history alone.
 */
export interface NodeCode {
  readonly planHash: Digest;
  readonly code: Digest;
  readonly fingerprint: Digest;
  readonly options: StepNodeOptions;
}
