import type { Digest } from '../canonical.js';
import type { Json } from '../json.js';
import type { Fault } from './fault.js';
import type { Given } from './operating.js';
import type { ApprovalDecision } from './people.js';
import type { Reused } from './steps.js';
import type { WaitsForTurn } from './turns.js';

/** `waiting`: for a time, an event, a decision, or its turn. */
export type NodeState = 'running' | 'waiting' | 'done' | 'held' | 'skipped' | 'failed' | 'cancelled';

/** A line of a run's table of nodes. */
export interface NodeStatus {
  readonly node: string;
  readonly state: NodeState;
  /** Milliseconds from start to end; null while it runs. */
  readonly ms: number | null;
  /** What went wrong, for a held or failed node. */
  readonly fault: Fault | null;
  /** Where the output came from, for a node that did not run. */
  readonly reused?: Reused;
  /** Who gave the output, for a node that was skipped by an operator. */
  readonly given?: Given;
  /** The plan whose code it runs since an operator's retry. Absent: the run's. */
  readonly plan?: Digest;
  /** Of a node that waits. */
  readonly waitsFor?: WaitsFor;
  /** Of a map whose items run in workflows of their own: its items are in the table only where they need somebody. */
  readonly progress?: MapProgress;
}

/** How far a map has got, in items. */
export interface MapProgress {
  readonly done: number;
  readonly of: number;
  /** Items that failed and were borne. Absent: none. */
  readonly failed?: number;
}

/** What a node waits for, for those who look at the run or can end the waiting. */
export type WaitsFor = WaitsForApproval | WaitsForEvent | WaitsForTime | WaitsForTurn;

export interface WaitsForApproval {
  readonly kind: 'approval';
  /** The question. */
  readonly ask: string;
  /** What it is about, as JSON text, cut where it is long; empty: nothing is shown. */
  readonly shows: string;
  /** JSON Schema of what an approver fills in; `null`: nothing. */
  readonly form: Json;
  /** Who may decide now; empty: anyone. */
  readonly roles: readonly string[];
  /** When others may decide, past and to come. Absent: never. */
  readonly escalations?: readonly Escalation[];
  /** Only decisions with a signed grant count. Absent: any. */
  readonly grant?: 'required';
  /** How many must approve. */
  readonly quorum: number;
  readonly decisions: readonly ApprovalDecision[];
  /** ISO 8601, UTC; `null`: for ever. */
  readonly until: string | null;
}

/** From a time on others may decide, as well or instead. */
export interface Escalation {
  readonly roles: readonly string[];
  readonly instead?: true;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** False while it is to come. */
  readonly reached: boolean;
}

export interface WaitsForEvent {
  readonly kind: 'event';
  /** JSON Schema of the event. */
  readonly schema: Json;
  /** ISO 8601, UTC; `null`: for ever. */
  readonly until: string | null;
}

export interface WaitsForTime {
  readonly kind: 'time';
  /** ISO 8601, UTC. */
  readonly until: string;
}
