import type { Digest } from '../../plan/canonical.js';

/** What Temporal knows, and Postgres may not: which runs are open, and what their histories mention. */
export interface OpenRuns {
  /** Temporal's run ids. */
  readonly runIds: readonly string[];
  /** Workflow ids; earlier runs of these ids are kept too, since an open one may be a reset of them. */
  readonly workflowIds: readonly string[];
  /** When the oldest step that Temporal has at work was scheduled; ISO 8601. Null: none is. */
  readonly atWorkSince: string | null;
  /** Digests in their histories, each with the run. */
  readonly mentions: ReadonlyMap<Digest, string>;
}

export interface RetentionOptions {
  /** What runs that closed after this have written is kept. ISO 8601. */
  readonly keptSince: string;
  /** Temporal has the histories of runs that closed after this: they may be reset. ISO 8601. */
  readonly historiesSince: string;
  /** Nothing younger than this is removed, in milliseconds: at least {@link SHORTEST_GRACE_MS}. */
  readonly graceMs: number;
  readonly open: OpenRuns;
  /** Keep what registered models were made from, back to the data. Default: false. */
  readonly keepLineage?: boolean;
}

export interface CollectOptions extends RetentionOptions {
  /** Asks again which runs are open, right before anything is removed. */
  readonly lookAgain: () => Promise<OpenRuns>;
  /** Remove nothing. Default: false. */
  readonly dryRun?: boolean;
}

/** Clocks of machines that share a folder differ, and what is young need not be made younger. In milliseconds. */
export const SHORTEST_GRACE_MS = 3_600_000;

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** Something that is kept, and what for. */
export interface KeptObject {
  readonly digest: Digest;
  readonly bytes: number;
  /** From what refers to it, to what that is needed for: each a phrase. */
  readonly why: readonly string[];
}

/** What was removed, or would be. */
export interface Collection {
  readonly removed: Amount;
  /** Needed by something. */
  readonly kept: Amount;
  /** Needed by nothing that is known, and too young to be sure. */
  readonly young: Amount;
  /** Since when a step is at work whose artifacts nobody knows yet; ISO 8601. Null: none. */
  readonly atWorkSince: string | null;
  /** Outputs that are no longer offered for reuse. */
  readonly offers: number;
  readonly checkpoints: number;
  readonly plans: number;
  /** The largest of what is kept. */
  readonly largest: readonly KeptObject[];
}
