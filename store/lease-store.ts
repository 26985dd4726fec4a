import { sql } from 'kysely';
import type { Database } from './database.js';
import type { NodeKey } from './journal-entry.js';
import { type LeaseStatements, leaseStatements } from './lease-statements.js';

/** Who takes a lease: one attempt of one node. */
export interface LeaseOwner extends NodeKey {
  readonly workflowId: string;
  /** The token of the attempt's claim. */
  readonly token: string;
  readonly worker: string;
}

export interface TakeOptions {
  readonly name: string;
  /** How many may hold it at a time. Default: 1. */
  readonly slots?: number;
  readonly owner: LeaseOwner;
  /** How long it lasts if it is not renewed, in milliseconds. */
  readonly ttlMs: number;
  /** 1 (first) to 5 (last): those that come wait in line, by priority and then by time. Default: there is no line. */
  readonly priority?: number;
  /** It is not given while somebody else holds one of these. Default: none. */
  readonly beside?: readonly string[];
}

/** A place that is taken until it is released, or not renewed in time. */
export interface Lease {
  readonly name: string;
  /** From 0. */
  readonly slot: number;
  /** Grows with each time any lease is taken: whoever has an older one has lost it. */
  readonly fence: number;
  readonly ttlMs: number;
}

export interface LeaseHolder {
  readonly name: string;
  readonly slot: number;
  /** Workflow id. */
  readonly run: string;
  readonly runId: string;
  readonly node: string;
  readonly worker: string;
  /** ISO 8601. */
  readonly takenAt: string;
  /** Milliseconds until it expires if it is not renewed. */
  readonly leftMs: number;
}

/** `busy`: `by` are those that hold it, the longest first; empty when others are first in line. */
export type Taken =
  | { readonly state: 'taken'; readonly lease: Lease }
  | { readonly state: 'busy'; readonly by: readonly LeaseHolder[] };

/**
 * Leases: the agreement among workers on who does what only one may do, or so many. A lease is a promise about effort,
 * not a lock on results: those are guarded by the journal's tokens, so that an attempt that has lost its lease without
 * knowing does no harm beyond its own work.
 */
export interface LeaseStore {
  /** Takes a free place, one whose holder has expired, or one that an earlier attempt of the same node left. */
  take(options: TakeOptions): Promise<Taken>;
  /** @returns the fences of those that are still held. */
  renew(leases: readonly Lease[]): Promise<ReadonlySet<number>>;
  /** Keeps a place in line for a node that comes back before so many milliseconds are over. */
  lineUp(options: Pick<TakeOptions, 'name' | 'owner' | 'priority'>, ms: number): Promise<void>;
  /** Gives a held lease another name. @returns null when it is lost, or that name is taken. */
  rename(lease: Lease, name: string): Promise<Lease | null>;
  /** Those that are lost already are left alone. */
  release(leases: readonly Lease[]): Promise<void>;
  /** Those who hold any of these. */
  holders(names: readonly string[]): Promise<readonly LeaseHolder[]>;
  /** Removes what expired so long ago, in milliseconds: a worker that is killed releases nothing. */
  forget(ageMs: number): Promise<void>;
}

/** Leases in Postgres. */
export function openLeaseStore(db: Database): LeaseStore {
  const statements = leaseStatements(db.schema);
  const holders = (names: readonly string[]) => findHolders(db, statements, names);
  return {
    take: (options) => take(db, statements, options, holders),
    renew: async (leases) => {
      const values = [...leaseValues(leases), leases.map(({ ttlMs }) => ttlMs)];
      const rows = await db.run<{ fence: number }>(statements.renew, values);
      return new Set(rows.map(({ fence }) => fence));
    },
    lineUp: async ({ name, owner: { runId, node }, priority = DEFAULT_PRIORITY }, ms) => {
      await db.run(statements.line, [name, runId, node, priority, ms]);
    },
    rename: async (lease, name) => {
      const values = [lease.name, lease.slot, lease.fence, name];
      const renamed = await db.run(statements.rename, values);
      return renamed.length > 0 ? { ...lease, name } : null;
    },
    release: async (leases) => {
      if (leases.length > 0) await db.run(statements.release, leaseValues(leases));
    },
    holders,
    forget: (ageMs) => forget(db, ageMs),
  };
}

async function forget(db: Database, ageMs: number): Promise<void> {
  for (const name of ['leases', 'lease_queue'] as const) {
    await sql`
      delete from ${sql.table(`${db.schema}.${name}`)}
      where expires_at < clock_timestamp() - ${ageMs}::double precision * interval '1 millisecond'`.execute(db.kysely);
  }
}

async function take(
  db: Database,
  statements: LeaseStatements,
  { name, slots = 1, owner, ttlMs, beside = [], priority }: TakeOptions,
  holders: LeaseStore['holders'],
): Promise<Taken> {
  const { token, runId, workflowId, node, generation, worker } = owner;
  const values: unknown[] = [name, beside, slots, token, runId, workflowId, node, generation, worker, ttlMs];
  const statement = priority === undefined ? statements.take : statements.takeInLine;
  if (priority !== undefined) values.push(priority);
  for (let tries = 0; ; tries += 1) {
    const [taken] = await db.run<{ slot: number; fence: number }>(statement, values);
    if (taken) return { state: 'taken', lease: { name, ttlMs, ...taken } };
    const all = await holders([name, ...beside]);
    const by = all.filter((each) => each.runId !== runId || each.node !== node);
    const isFull = by.some((each) => each.name !== name) || by.length >= slots;
    // Another one took the same free place first; there may be more of them.
    if (isFull || priority !== undefined || tries >= MOST_TRIES) return { state: 'busy', by };
  }
}

/** As Temporal's own. */
const DEFAULT_PRIORITY = 3;

/** Each lost race for a place means that somebody else got one. */
const MOST_TRIES = 5;

interface HolderRow {
  readonly name: string;
  readonly slot: number;
  readonly workflow_id: string;
  readonly run_id: string;
  readonly node: string;
  readonly worker: string;
  readonly taken_at: string;
  readonly left_ms: number;
}

async function findHolders(
  db: Database,
  { holders }: LeaseStatements,
  names: readonly string[],
): Promise<readonly LeaseHolder[]> {
  const rows = await db.run<HolderRow>(holders, [names]);
  return rows.map(({ name, slot, workflow_id, run_id, node, worker, taken_at, left_ms }) => ({
    name,
    slot,
    run: workflow_id,
    runId: run_id,
    node,
    worker,
    takenAt: taken_at,
    leftMs: left_ms,
  }));
}

function leaseValues(leases: readonly Lease[]): unknown[] {
  return [leases.map(({ name }) => name), leases.map(({ slot }) => slot), leases.map(({ fence }) => fence)];
}
