import type { Digest } from '../canonical.js';
import type { GrantedDecision } from '../grant.js';
import type { Json } from '../json.js';

/** What an `approval` gives. */
export interface ApprovalResult {
  readonly approved: boolean;
  /** Nobody decided in time. */
  readonly expired: boolean;
  /** It took so long that others could decide too. */
  readonly escalated: boolean;
  readonly decisions: readonly ApprovalDecision[];
  /** What the last approver filled in; `null` without a form, or when it was not approved. */
  readonly value: Json;
}

export interface ApprovalDecision {
  readonly approved: boolean;
  /** Who decided; Temporal does not prove it, a signed grant does. */
  readonly by: string;
  readonly role: string | null;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `signed`: a grant proved it; `claimed`: whoever sent it said so. (Runs of engines before 3 do not say.) */
  readonly proof: 'claimed' | 'signed';
  /** Id of the key that signed it, where one did. */
  readonly key?: string;
  /** Id of the grant, which counts once. */
  readonly grant?: string;
}

/** That a node waits for people, as lists of runs show it. */
export interface Ask {
  readonly node: string;
  readonly kind: 'approval' | 'event';
  /** The question of an approval, cut where it is long. Absent: it is an event. */
  readonly ask?: string;
  /** Who may decide at an approval; empty: anyone. Absent: it is an event. */
  readonly roles?: readonly string[];
  /** ISO 8601, UTC. */
  readonly since: string;
  /** ISO 8601, UTC; `null`: for ever. */
  readonly until: string | null;
}

/** Input of the Update `approve`. */
export interface ApproveRequest {
  /** Default: the one approval that waits. */
  readonly node?: string;
  /** Default: true. */
  readonly approved?: boolean;
  readonly by?: string;
  readonly role?: string;
  readonly reason?: string;
  /** What the form asks for. */
  readonly value?: Json;
  /** A signed grant for exactly this decision, as `pawl grants sign` makes one. */
  readonly grant?: string;
}

/** Asks whether a grant proves a decision; the worker knows of which run. */
export interface VerifyGrantInput extends Omit<GrantedDecision, 'run' | 'runId'> {
  readonly grant: string;
}

/** Which key signed a grant, and which grant it was. */
export interface GrantProof {
  readonly key: string;
  /** Its id. */
  readonly grant: string;
}

/** What is kept of a decision beside its run. */
export interface DecisionRecord extends ApprovalDecision {
  /** The node's id in the run. */
  readonly node: string;
  /** Which decision at the node it is, from 0. */
  readonly nth: number;
  /** Digest of the canonical JSON of what was filled in. */
  readonly value: Digest;
}

/** Input of the Update `send`. */
export interface SendRequest {
  /** Id of the `waitFor` node. */
  readonly node: string;
  readonly value?: Json;
}
