import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Quoted } from '../plan/binding.js';
import { canonicalJson } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { Database } from './database.js';
import { fenced } from './fenced.js';
import { type ClaimOptions, type JournalEntry, type NodeKey, toEntry } from './journal-entry.js';
import { type JournalStatements, journalStatements } from './journal-statements.js';
import type { LineageEdge } from './lineage-edges.js';
import { findPreviousOutput, type PreviousCommit, type PreviousOutputOptions } from './previous-output.js';
import {
  type CacheRecord,
  findLatestCommit,
  findOffers,
  type LatestOptions,
  type Offer,
  type OfferOptions,
  type ReuseOrigin,
} from './reuse-entry.js';
import { type TakeAlongOptions, takeAlong } from './take-along.js';

/**
 * - `claimed`: this attempt owns the node until another claims it. `failures` counts the author's failures so far;
 * - `committed`: the node is done, and this is its output.
 */
export type Claim =
  | { readonly state: 'claimed'; readonly token: string; readonly failures: number }
  | {
      readonly state: 'committed';
      readonly output: Quoted;
      readonly reusedFrom: ReuseOrigin | null;
      readonly note: Json;
    };

export interface CommitOptions {
  readonly key: NodeKey;
  /** From the claim. */
  readonly token: string;
  readonly output: Quoted;
  /** What the claim said, so that it can be made again where a crash of Postgres has taken it. Default: it cannot. */
  readonly claim?: ClaimOptions;
  /** The node has no entry as far as the attempt knows, so both are made at once; `claim` says it. Default: false. */
  readonly unclaimed?: boolean;
  /** What the node read and wrote (see `edgesOf`). Default: none. */
  readonly lineage?: readonly LineageEdge[];
  /** A remark for operators, for example who gave the node its output. Default: none. */
  readonly note?: Json;
  /** What the node offers to later executions, or where its output came from. Default: reuse is off. */
  readonly cache?: CacheRecord;
}

export interface FailureOptions {
  readonly key: NodeKey;
  readonly token: string;
  readonly error: Json;
}

/**
 * What each node did. A node is done when its output is committed, which happens once: the first attempt that commits
 * with the latest token. Every other attempt is fenced.
 */
export interface Journal {
  /** Takes a node over from any earlier attempt, or finds it done. */
  claim(options: ClaimOptions): Promise<Claim>;
  /**
   * Claims a node for an attempt that has worked on it before it says so, with a token of its own: takes the node over from
   * attempts that began before this one.
   * @returns false, and does nothing, where one that began later has it, or where it is committed.
   */
  claimLate(options: ClaimOptions, token: string): Promise<boolean>;
  /**
   * Records output and lineage in one transaction. May be repeated with the same output.
   * @throws PawlError `Fenced` when a later attempt has taken over, or when another output was committed.
   */
  commit(options: CommitOptions): Promise<'committed'>;
  /**
   * Counts a failure of the author's code, once for each claim.
   * @returns the failures so far.
   * @throws PawlError `Fenced`.
   */
  recordFailure(options: FailureOptions): Promise<number>;
  /** Gives a run what another one has committed at some nodes, as its own. May be repeated. */
  takeAlong(options: TakeAlongOptions): Promise<void>;
  /** Ends what the attempts of a run may still do: none of them owns its node any more. @returns how many there were. */
  fence(runId: string): Promise<number>;
  /** Whether the attempt may go on: false once another has claimed the node, or it is committed. */
  stillOwner(key: NodeKey, token: string): Promise<boolean>;
  /** Says why the node's work has not begun. What is not the attempt's any more is left alone. */
  noteWait(key: NodeKey, token: string, reason: string): Promise<void>;
  /** What a node of a run has committed, in its last generation that has. */
  committedOutput(node: { readonly runId: string; readonly node: string }): Promise<JournalEntry | null>;
  /** All generations, in the order they started. */
  nodesOfRun(runId: string): Promise<JournalEntry[]>;
  /** The node's committed output in the latest run with an earlier nominal time. */
  previousOutput(options: PreviousOutputOptions): Promise<PreviousCommit | null>;
  /** Committed outputs that are offered under a key, latest first, ten at most. */
  offers(options: OfferOptions): Promise<Offer[]>;
  /** What a node of a pipeline committed last, by the time its run is for. */
  latestCommit(options: LatestOptions): Promise<JournalEntry | null>;
}

/** The journal in Postgres. */
export function openJournal(db: Database): Journal {
  const statements = journalStatements(db.schema);
  return {
    claim: (options) => claim(db, statements, options),
    claimLate: async (options, token) =>
      (await claimFirst(db, statements, options, token)) ||
      (await db.run(statements.claimLate, firstValues(options, token))).length > 0,
    commit: (options) => commit(db, statements, options),
    recordFailure: (options) => recordFailure(db, options),
    takeAlong: (options) => takeAlong(db, options),
    fence: (runId) => fence(db, runId),
    stillOwner: async (key, token) => (await db.run(statements.stillOwner, keyValues(key, token))).length > 0,
    noteWait: async (key, token, reason) => {
      await db.run(statements.noteWait, [...keyValues(key, token), reason]);
    },
    committedOutput: async ({ runId, node }) => {
      const query = db.kysely.selectFrom('journal').selectAll().where('run_id', '=', runId).where('node', '=', node);
      const latest = query.where('state', '=', 'committed').orderBy('generation', 'desc').limit(1);
      const row = await latest.executeTakeFirst();
      return row === undefined ? null : toEntry(row);
    },
    nodesOfRun: async (runId) => {
      const query = db.kysely.selectFrom('journal').selectAll().where('run_id', '=', runId);
      const rows = await query.orderBy('started_at').orderBy('node').orderBy('generation').execute();
      return rows.map(toEntry);
    },
    previousOutput: (options) => findPreviousOutput(db, options),
    offers: (options) => findOffers(db, options),
    latestCommit: (options) => findLatestCommit(db, options),
  };
}

async function claim(db: Database, statements: JournalStatements, options: ClaimOptions): Promise<Claim> {
  const token = randomUUID();
  const [first] = await db.run<{ failures: number }>(statements.claimFirst, firstValues(options, token));
  const [claimed] = first ? [first] : await db.run<{ failures: number }>(statements.claim, claimValues(options, token));
  if (claimed) return { state: 'claimed', token, failures: claimed.failures };
  // A committed row stays as it is, so reading it in a second statement is safe.
  const row = await selectNode(db, options).select(['output', 'reused_from', 'note']).executeTakeFirstOrThrow();
  const reusedFrom = row.reused_from as unknown as ReuseOrigin | null;
  return { state: 'committed', output: row.output, reusedFrom, note: row.note };
}

function claimValues(options: ClaimOptions, token: string): unknown[] {
  const { runId, node, generation, workflowId, pipeline, step, planHash, fingerprint, nominalTime } = options;
  const { input, attempt, worker } = options;
  const facts = [workflowId, pipeline, step, planHash, fingerprint, nominalTime];
  return [runId, node, generation, ...facts, token, JSON.stringify(input), attempt, worker];
}

function firstValues(options: ClaimOptions, token: string): unknown[] {
  return [...claimValues(options, token), options.workedMs ?? 0];
}

async function commit(db: Database, statements: JournalStatements, options: CommitOptions): Promise<'committed'> {
  const { key, token, output, claim, lineage = [], note, cache } = options;
  const result = [JSON.stringify(output), note === undefined ? null : JSON.stringify(note)];
  if (options.unclaimed && claim && lineage.length === 0 && !cache) {
    const made = await db.run(statements.commitFirst, [...firstValues(claim, token), ...result]);
    if (made.length > 0) return 'committed';
  }
  const values = [...keyValues(key, token), ...result];
  const attempt = async (): Promise<boolean> =>
    (await runCommit(db, statements, values, { lineage, cache })).length > 0;
  if (await attempt()) return 'committed';
  const found = claim && (await claimFirst(db, statements, claim, token)) && (await attempt());
  if (!found) await acceptRepetition(db, key, token, output);
  return 'committed';
}

async function claimFirst(
  db: Database,
  statements: JournalStatements,
  claim: ClaimOptions,
  token: string,
): Promise<boolean> {
  return (await db.run(statements.claimFirst, firstValues(claim, token))).length > 0;
}

function runCommit(
  db: Database,
  statements: JournalStatements,
  values: readonly unknown[],
  { lineage, cache }: { readonly lineage: readonly LineageEdge[]; readonly cache: CacheRecord | undefined },
): Promise<unknown[]> {
  if (cache) return db.run(statements.commitWithCache, [...values, ...lineageValues(lineage), ...cacheValues(cache)]);
  if (lineage.length === 0) return db.run(statements.commit, values);
  return db.run(statements.commitWithLineage, [...values, ...lineageValues(lineage)]);
}

function cacheValues({ key, seed, facts, reason, from }: CacheRecord): unknown[] {
  return [key, seed, JSON.stringify(facts), reason, from && JSON.stringify(from)];
}

function lineageValues(lineage: readonly LineageEdge[]): unknown[] {
  const artifacts = new Map(lineage.map(({ artifact }) => [artifact.digest, artifact]));
  const sorted = [...artifacts.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  return [
    sorted.map(({ digest }) => digest),
    sorted.map(({ bytes }) => bytes),
    sorted.map(({ mediaType }) => mediaType),
    lineage.map(({ direction }) => direction),
    lineage.map(({ path }) => path),
    lineage.map(({ artifact }) => artifact.digest),
  ];
}

/** A commit whose answer was lost comes again: it is fine when it says the same. */
async function acceptRepetition(db: Database, key: NodeKey, token: string, output: Quoted): Promise<void> {
  const row = await selectNode(db, key).select(['state', 'token', 'output']).executeTakeFirst();
  if (row?.state !== 'committed') throw fenced(key, 'a later attempt has taken over');
  if (row.token !== token) throw fenced(key, 'another attempt has committed');
  if (canonicalJson(row.output) !== canonicalJson(output)) {
    throw fenced(key, 'it was committed before with another output, which stays');
  }
}

async function recordFailure(db: Database, { key, token, error }: FailureOptions): Promise<number> {
  const row = await db.kysely
    .updateTable('journal')
    .set({
      failures: sql<number>`failures + (failed_token is distinct from token)::integer`,
      failed_token: token,
      error: JSON.stringify(error),
    })
    .where('run_id', '=', key.runId)
    .where('node', '=', key.node)
    .where('generation', '=', key.generation)
    .where('token', '=', token)
    .where('state', '=', 'claimed')
    .returning('failures')
    .executeTakeFirst();
  if (row === undefined) throw fenced(key, 'a later attempt has taken over');
  return row.failures;
}

async function fence(db: Database, runId: string): Promise<number> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('journal')
    .set({ token: sql<string>`gen_random_uuid()` })
    .where('run_id', '=', runId)
    .where('state', '=', 'claimed')
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

function selectNode(db: Database, { runId, node, generation }: NodeKey) {
  const query = db.kysely.selectFrom('journal').where('run_id', '=', runId).where('node', '=', node);
  return query.where('generation', '=', generation);
}

function keyValues({ runId, node, generation }: NodeKey, token: string): unknown[] {
  return [runId, node, generation, token];
}
