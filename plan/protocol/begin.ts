import type { Quoted } from '../binding.js';
import type { Digest } from '../canonical.js';
import type { Json } from '../json.js';
import type { Plan } from '../plan.js';

export interface BeginInput {
  readonly pipeline: string;
  /** Null when the run was started without params: the schedule's, or the defaults, apply. */
  readonly params: Json;
  /** ISO 8601, UTC: the schedule's firing time, else the run's start. */
  readonly nominalTime: string;
  readonly scheduled: boolean;
  /** True where Temporal has reset the run to its beginning: another one of its id has begun before. Absent: false. */
  readonly again?: true;
  /** Absent: it begins with nothing. */
  readonly from?: FromRun;
  /** The node that it ends with. Absent: the whole pipeline. */
  readonly until?: string;
}

/** A run whose outputs another one takes over. */
export interface FromRun {
  /** Workflow id, or Temporal's run id. */
  readonly run: string;
  /** The node that runs anew, with all that depends on it. Absent: what was not done. */
  readonly node?: string;
}

/** What a run takes over, found out when it began. */
export interface TakenRun {
  /** Workflow id. */
  readonly run: string;
  readonly runId: string;
  /** Absent: what was not done runs. */
  readonly node?: string;
  /** Ids in the plan of the nodes that run in any case. */
  readonly anew: readonly string[];
  /** What nodes that waited were answered, by their ids in the run. */
  readonly answers: Readonly<Record<string, Answer>>;
}

/** What people or time gave a node. */
export interface Answer {
  /** Digest of the question. */
  readonly about: Digest;
  readonly value: Quoted;
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
  /** Absent: `dev`. */
  readonly environment?: string;
  /** What nodes are called beside their ids, by id. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A map over more items than this runs them in workflows of their own. Absent: every map runs in the run's. */
  readonly chunkItems?: number;
  /** Decisions count only with a signed grant, at every approval. Absent: where the approval says so. */
  readonly grants?: 'required';
  /** Absent: it takes nothing over. */
  readonly from?: TakenRun;
  /** The plan is that part of the published one that this node needs. Absent: all of it. */
  readonly until?: { readonly node: string; readonly skipped: readonly string[] };
}
