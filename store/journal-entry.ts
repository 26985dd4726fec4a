import type { Selectable } from 'kysely';
import type { Quoted } from '../plan/binding.js';
import type { Digest } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { JournalTable, NodeState } from './tables.js';

/** One node of one run. An operator's retry with other code or inputs makes a new generation. */
export interface NodeKey {
  /** Temporal's run id. */
  readonly runId: string;
  readonly node: string;
  /** From 0. */
  readonly generation: number;
}

export interface JournalEntry extends NodeKey {
  readonly workflowId: string;
  readonly pipeline: string;
  readonly step: string;
  readonly planHash: Digest;
  readonly fingerprint: Digest;
  readonly nominalTime: string;
  readonly state: NodeState;
  /** Failures of the author's code. */
  readonly failures: number;
  /** The latest failure; null when there was none. */
  readonly error: Json;
  readonly input: Json;
  /** Null until it is committed. */
  readonly output: Quoted;
  readonly note: Json;
  /** Of the latest attempt. */
  readonly attempt: number;
  readonly worker: string;
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
    attempt: row.attempt,
    worker: row.worker,
    startedAt: row.started_at,
    committedAt: row.committed_at,
  };
}
