import type { Selectable } from 'kysely';
import type { DecisionRecord } from '../plan/protocol.js';
import type { Database } from './database.js';
import type { DecisionsTable } from './tables.js';

/** The run in which something was decided. */
export interface DecidedRun {
  /** Temporal's run id. */
  readonly runId: string;
  readonly workflowId: string;
}

/** Who decided at the approvals of runs. A record never changes. */
export interface DecisionStore {
  /** May be repeated; what is recorded stays as it is. */
  record(run: DecidedRun, decisions: readonly DecisionRecord[]): Promise<void>;
  /** Of one run, in the order of time. */
  ofRun(runId: string): Promise<DecisionRecord[]>;
}

/** Decisions in Postgres. */
export function openDecisionStore(db: Database): DecisionStore {
  return {
    record: (run, decisions) => record(db, run, decisions),
    ofRun: (runId) => ofRun(db, runId),
  };
}

async function record(db: Database, run: DecidedRun, decisions: readonly DecisionRecord[]): Promise<void> {
  if (decisions.length === 0) return;
  await db.kysely
    .insertInto('decisions')
    .values(decisions.map((decision) => toRow(run, decision)))
    .onConflict((conflict) => conflict.columns(['run_id', 'node', 'nth']).doNothing())
    .execute();
}

async function ofRun(db: Database, runId: string): Promise<DecisionRecord[]> {
  const rows = await db.kysely
    .selectFrom('decisions')
    .selectAll()
    .where('run_id', '=', runId)
    .orderBy('decided_at')
    .orderBy('node')
    .orderBy('nth')
    .execute();
  return rows.map(toRecord);
}

function toRow({ runId, workflowId }: DecidedRun, decision: DecisionRecord) {
  const { role, key, grant } = decision;
  return {
    run_id: storable(runId),
    node: storable(decision.node),
    nth: decision.nth,
    workflow_id: storable(workflowId),
    approved: decision.approved,
    decided_by: storable(decision.by),
    role: role === null ? null : storable(role),
    reason: storable(decision.reason),
    decided_at: decision.at,
    proof: decision.proof,
    grant_key: key === undefined ? null : storable(key),
    grant_id: grant === undefined ? null : storable(grant),
    value_digest: decision.value,
  };
}

/** Postgres has no character U+0000, and a text that people wrote must not keep a run from going on. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

function toRecord(row: Selectable<DecisionsTable>): DecisionRecord {
  return {
    node: row.node,
    nth: row.nth,
    approved: row.approved,
    by: row.decided_by,
    role: row.role,
    reason: row.reason,
    at: row.decided_at,
    proof: row.proof,
    ...(row.grant_key !== null && { key: row.grant_key }),
    ...(row.grant_id !== null && { grant: row.grant_id }),
    value: row.value_digest,
  };
}
