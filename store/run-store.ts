import { type Selectable, sql } from 'kysely';
import type { Digest } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { Ask, NodeStatus } from '../plan/protocol.js';
import type { Database } from './database.js';
import type { RunOutcome, RunPhase, RunsTable } from './tables.js';

export interface RunStart {
  /** Temporal's run id. */
  readonly runId: string;
  readonly workflowId: string;
  readonly pipeline: string;
  /** Null until `begin` has resolved the plan. */
  readonly planHash: Digest | null;
  readonly params: Json;
  /** ISO 8601. */
  readonly nominalTime: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Where it comes from, and where it ends: from another run, until a node. Default: null. */
  readonly origin?: Json;
}

export interface RunStanding {
  readonly runId: string;
  readonly phase: Exclude<RunPhase, 'closed'>;
  /** Why it is held. Default: null. */
  readonly error?: Json;
  /** What it asks of people. Default: nothing. */
  readonly asks?: readonly Ask[];
}

export interface RunClose {
  readonly runId: string;
  readonly outcome: RunOutcome;
  /** Default: null. */
  readonly result?: Json;
  /** What went wrong. Default: null. */
  readonly error?: Json;
  /** ISO 8601. */
  readonly closedAt: string;
  /** Its nodes. Default: nobody knows them. */
  readonly table?: RunTable;
}

/** The nodes of a closed run as it saw them itself: control nodes and light steps are in no journal. */
export interface RunTable {
  readonly nodes: readonly NodeStatus[];
  /** How many more there were. */
  readonly omitted: number;
}

export interface RunRecord extends RunStart {
  readonly origin: Json;
  /** What people and time have given its nodes, by node. */
  readonly answers: Json;
  readonly phase: RunPhase;
  /** What an open run asks of people; `null`: nothing. */
  readonly asks: readonly Ask[] | null;
  /** Null until the run is closed. */
  readonly outcome: RunOutcome | null;
  readonly result: Json;
  /** Why the run is held or did not succeed. */
  readonly error: Json;
  readonly closedAt: string | null;
}

export interface RunFilter {
  readonly pipeline?: string;
  readonly outcome?: RunOutcome;
  readonly phase?: RunPhase;
  /** Only those that are not closed. */
  readonly open?: boolean;
  /** Only those that were closed so long ago at most, in milliseconds. */
  readonly closedForMs?: number;
  /** Default: 50. */
  readonly limit?: number;
}

/**
 * What a list of runs shows: a projection of the histories in Temporal, never read to decide what a run does next.
 * Every change may be repeated, and a late one changes nothing: a closed run stays closed.
 */
export interface RunStore {
  start(run: RunStart): Promise<void>;
  /** How an open run stands. @returns false when the run is not known, or closed. */
  stand(run: RunStanding): Promise<boolean>;
  /** @returns false when the run is not known, or was closed before. */
  close(run: RunClose): Promise<boolean>;
  run(runId: string): Promise<RunRecord | null>;
  /** The nodes of a closed run; null where they were not recorded. */
  table(runId: string): Promise<RunTable | null>;
  /** Keeps what people and time have given the nodes of a run. */
  keepAnswers(runId: string, answers: Json): Promise<void>;
  /** The latest run of a workflow id. @param except a run that does not count. */
  latest(workflowId: string, except?: string): Promise<RunRecord | null>;
  /** Latest first. */
  list(filter?: RunFilter): Promise<RunRecord[]>;
  /** Open runs that ask for an approval of which no alert was raised ({@link askedAlertId}). */
  askingUntold(limit: number): Promise<RunRecord[]>;
}

/** Runs in Postgres. */
export function openRunStore(db: Database): RunStore {
  return {
    start: (run) => start(db, run),
    stand: ({ runId, phase, error, asks }) =>
      changeOpen(db, runId, {
        phase,
        error: error == null ? null : JSON.stringify(error),
        asks: asks ? JSON.stringify(asks) : null,
      }),
    close: (run) => close(db, run),
    table: (runId) => table(db, runId),
    run: async (runId) => runRecord(await selectRuns(db).where('run_id', '=', runId).executeTakeFirst()),
    keepAnswers: async (runId, answers) => {
      const change = db.kysely.updateTable('runs').set({ answers: JSON.stringify(answers) });
      await change.where('run_id', '=', runId).execute();
    },
    latest: async (workflowId, except = '') => {
      const query = selectRuns(db).where('workflow_id', '=', workflowId).where('run_id', '!=', except);
      return runRecord(await query.limit(1).executeTakeFirst());
    },
    list: (filter = {}) => list(db, filter),
    askingUntold: (limit) => askingUntold(db, limit),
  };
}

async function start(db: Database, run: RunStart): Promise<void> {
  await db.kysely
    .insertInto('runs')
    .values({
      run_id: run.runId,
      workflow_id: run.workflowId,
      pipeline: run.pipeline,
      plan_hash: run.planHash,
      params: JSON.stringify(run.params),
      nominal_time: run.nominalTime,
      started_at: run.startedAt,
      origin: run.origin == null ? null : JSON.stringify(run.origin),
    })
    .onConflict((conflict) =>
      conflict.column('run_id').doUpdateSet((row) => ({
        plan_hash: row.fn.coalesce('runs.plan_hash', 'excluded.plan_hash'),
      })),
    )
    .execute();
}

interface RunChange {
  readonly phase: RunPhase;
  readonly outcome?: RunOutcome;
  readonly result?: string;
  readonly error: string | null;
  readonly asks: string | null;
  readonly closed_at?: string;
}

async function changeOpen(db: Database, runId: string, change: RunChange): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('runs')
    .set(change)
    .where('run_id', '=', runId)
    .where('phase', '!=', 'closed')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function close(db: Database, run: RunClose): Promise<boolean> {
  const closed = await changeOpen(db, run.runId, closing(run));
  // Apart from the row: lists of runs need not read it. A repetition adds what the first try could not.
  if (run.table) await keepTable(db, run.runId, run.table);
  return closed;
}

async function keepTable(db: Database, runId: string, { nodes, omitted }: RunTable): Promise<void> {
  await db.kysely
    .insertInto('run_tables')
    .columns(['run_id', 'nodes', 'omitted'])
    .expression((query) =>
      query
        .selectFrom('runs')
        .select([
          'run_id',
          sql<string>`${JSON.stringify(nodes)}::json`.as('nodes'),
          sql<number>`${omitted}::integer`.as('omitted'),
        ])
        .where('run_id', '=', runId),
    )
    .onConflict((conflict) => conflict.column('run_id').doNothing())
    .execute();
}

async function table(db: Database, runId: string): Promise<RunTable | null> {
  const query = db.kysely.selectFrom('run_tables').select(['nodes', 'omitted']).where('run_id', '=', runId);
  const row = await query.executeTakeFirst();
  return row === undefined ? null : { nodes: row.nodes as unknown as readonly NodeStatus[], omitted: row.omitted };
}

function closing({ outcome, result, error, closedAt }: RunClose): RunChange {
  return {
    phase: 'closed',
    outcome,
    result: JSON.stringify(result ?? null),
    error: JSON.stringify(error ?? null),
    asks: null,
    closed_at: closedAt,
  };
}

async function list(db: Database, filter: RunFilter): Promise<RunRecord[]> {
  const { pipeline, outcome, phase, open, closedForMs, limit = 50 } = filter;
  const rows = await selectRuns(db)
    .$if(pipeline !== undefined, (query) => query.where('pipeline', '=', pipeline!))
    .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome!))
    .$if(phase !== undefined, (query) => query.where('phase', '=', phase!))
    .$if(open === true, (query) => query.where('phase', '!=', 'closed'))
    .$if(closedForMs !== undefined, (query) =>
      query.where('closed_at', '>', new Date(Date.now() - closedForMs!).toISOString()),
    )
    .limit(limit)
    .execute();
  return rows.map(toRecord);
}

/** Id of the alert that a run asks for approvals, for all that it asked for at the same moment. */
export const askedAlertId = (runId: string, since: string): string => `${runId}/asked/${since}`;

async function askingUntold(db: Database, limit: number): Promise<RunRecord[]> {
  const isUntold = sql<boolean>`exists (
    select from json_array_elements(runs.asks) as each (ask)
    where ask ->> 'kind' = 'approval' and not exists (
      select from ${sql.table(`${db.schema}.alerts`)} as known
      where known.id = runs.run_id || '/asked/' || (ask ->> 'since')
    )
  )`;
  const open = selectRuns(db).where('phase', '!=', 'closed').where('asks', 'is not', null);
  return (await open.where(isUntold).limit(limit).execute()).map(toRecord);
}

function selectRuns(db: Database) {
  return db.kysely.selectFrom('runs').selectAll().orderBy('started_at', 'desc').orderBy('run_id');
}

type RunRow = Selectable<RunsTable>;

function runRecord(row: RunRow | undefined): RunRecord | null {
  return row === undefined ? null : toRecord(row);
}

function toRecord(row: RunRow): RunRecord {
  return {
    runId: row.run_id,
    workflowId: row.workflow_id,
    pipeline: row.pipeline,
    planHash: row.plan_hash,
    params: row.params,
    nominalTime: row.nominal_time,
    phase: row.phase,
    outcome: row.outcome,
    result: row.result,
    error: row.error,
    startedAt: row.started_at,
    closedAt: row.closed_at,
    origin: row.origin,
    answers: row.answers,
    asks: row.asks as unknown as readonly Ask[] | null,
  };
}
