import type { Selectable } from 'kysely';
import type { Quoted } from '../plan/binding.js';
import type { Digest } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { CacheFacts, ReuseOrigin } from './reuse-entry.js';
import type { JournalTable, NodeState } from './tables.js';

/** One node of one run. An operator's retry with other code or inputs makes a new generation. */
export interface NodeKey {
  /** Temporal's run id. */
  readonly runId: string;
  readonly node: string;
  /** From 0. */
  readonly generation: number;
}

/** What an attempt says about a node when it takes it over. */
export interface ClaimOptions extends NodeKey {
  readonly workflowId: string;
  readonly pipeline: string;
  readonly step: string;
  readonly planHash: Digest;
  readonly fingerprint: Digest;
  /** ISO 8601. */
  readonly nominalTime: string;
  readonly input: Json;
  readonly attempt: number;
  /** Who works on it, for operators. */
  readonly worker: string;
  /** How long it has worked before it says so, in milliseconds. Default: 0. */
  readonly workedMs?: number;
}

/** What the journal knows of a node: what its latest attempt said, and what came of it. */
export interface JournalEntry extends ClaimOptions {
  readonly state: NodeState;
  /** Failures of the author's code. */
  readonly failures: number;
  /** The latest failure; null when there was none. */
  readonly error: Json;
  /** Null until it is committed. */
  readonly output: Quoted;
  readonly note: Json;
  /** Why it ran or was reused; null where reuse was off. */
  readonly cacheReason: string | null;
  /** What decided whether its output may be reused; null where reuse was off. */
  readonly cache: CacheFacts | null;
  /** The execution whose output this is; null when it ran itself. */
  readonly reusedFrom: ReuseOrigin | null;
  readonly startedAt: string;
  readonly committedAt: string | null;
}

/** Gives a row its names. */
export function toEntry(row: Selectable<JournalTable>): JournalEntry {
  return {
    runId: row.run_id,
    node: row.node,
    generation: row.generation,
    workflowId: row.workflow_id,
    pipeline: row.pipeline,
    step: row.step,
    planHash: row.plan_hash,
    fingerprint: row.fingerprint,
    nominalTime: row.nominal_time,
    state: row.state,
    failures: row.failures,
    error: row.error,
    input: row.input,
    output: row.output,
    note: row.note,
    cacheReason: row.cache_reason,
    cache: row.cache as unknown as CacheFacts | null,
    reusedFrom: row.reused_from as unknown as ReuseOrigin | null,
    attempt: row.attempt,
    worker: row.worker,
    startedAt: row.started_at,
    committedAt: row.committed_at,
  };
}
