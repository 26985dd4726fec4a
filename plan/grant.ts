import type { Digest } from './canonical.js';

/** What a JWT says of itself when it is a grant: one for something else counts nowhere as one. */
export const GRANT_TYPE = 'pawl-grant+jwt';

/** One decision at one approval of one run: what a grant proves. */
export interface GrantedDecision {
  /** Workflow id. */
  readonly run: string;
  /** Temporal's id of this execution: after a reset what was shown may be another thing. */
  readonly runId: string;
  /** The node's id in the run, in full. */
  readonly node: string;
  readonly approved: boolean;
  /** Who decides. */
  readonly by: string;
  readonly role: string | null;
  readonly reason: string;
  /** Digest of the canonical JSON of what is filled in; of `null` where nothing is. */
  readonly value: Digest;
}

/** The claims of a grant. */
export interface GrantClaims extends GrantedDecision {
  /** Id of the grant, which counts once. */
  readonly jti: string;
  /** Seconds since 1970. */
  readonly iat: number;
  /** Seconds since 1970; it counts until then. */
  readonly exp: number;
}

/** The parts of a decision that a grant proves, in the order in which they are told. */
export const GRANTED_PARTS = ['run', 'runId', 'node', 'approved', 'by', 'role', 'reason', 'value'] as const;
