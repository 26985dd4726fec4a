import type { Quoted } from '../plan/binding.js';
import type { Digest } from '../plan/canonical.js';
import type { Database } from './database.js';
import { type JournalEntry, toEntry } from './journal-entry.js';

/** The execution that made an output which another node took over. */
export interface ReuseOrigin {
  /** Workflow id. */
  readonly run: string;
  /** Temporal's run id. */
  readonly runId: string;
  readonly node: string;
}

/** What a step's function was told of an earlier run. The same question must have the same answer for a reuse. */
export interface PreviousRead {
  /** The node it asked for; null: its own, whatever that is called. */
  readonly node: string | null;
  /** Of the answer. */
  readonly digest: Digest;
}

/** What decides whether an execution's output may stand for another one's, kept so that a miss can say why. */
export interface CacheFacts {
  /** Digest of each property of the input; of the whole input when that is not an object. */
  readonly input: Readonly<Record<string, Digest>> | Digest;
  /** What the step says its output depends on of the machine; null: nothing. */
  readonly environment: string | null;
  /** Digests of the packages that are links to a folder somebody works on. */
  readonly linked: Readonly<Record<string, Digest>>;
  /** The code bundle, where a definition came as a value of the run: no fingerprint covers its code. Null: none did. */
  readonly bundle: Digest | null;
  /** Versions of the packages that the run's code was compiled against, to say what has changed in it. */
  readonly packages: Readonly<Record<string, string>>;
  readonly reads: readonly PreviousRead[];
  /** What the function used that no key can hold, so that its output is not offered; null: nothing. */
  readonly refused: string | null;
}

/** What a commit says about reuse. */
export interface CacheRecord {
  /** Under which the output is found; null: it is not offered. */
  readonly key: Digest | null;
  /** The seed the function used; null when it used none, and so gives the same in any node. */
  readonly seed: number | null;
  readonly facts: CacheFacts;
  /** Why it ran or was reused, for people. */
  readonly reason: string;
  /** Null: it ran. */
  readonly from: ReuseOrigin | null;
}

export interface OfferOptions {
  readonly key: Digest;
  /** Of the node that asks. */
  readonly seed: number;
}

/** A committed output that may be reused. */
export interface Offer {
  /** Who made it: not the one that offers it, if that took it over too. */
  readonly origin: ReuseOrigin;
  readonly output: Quoted;
  readonly seed: number | null;
  readonly facts: CacheFacts;
}

export interface LatestOptions {
  readonly pipeline: string;
  readonly node: string;
}

const MOST_OFFERS = 10;

export async function findOffers(db: Database, { key, seed }: OfferOptions): Promise<Offer[]> {
  const rows = await db.kysely
    .selectFrom('journal')
    .select(['run_id', 'workflow_id', 'node', 'output', 'cache_seed', 'cache', 'reused_from'])
    .where('cache_key', '=', key)
    .where((where) => where.or([where('cache_seed', 'is', null), where('cache_seed', '=', seed)]))
    .orderBy('committed_at', 'desc')
    .limit(MOST_OFFERS)
    .execute();
  return rows.map((row) => ({
    origin: (row.reused_from as unknown as ReuseOrigin | null) ?? {
      run: row.workflow_id,
      runId: row.run_id,
      node: row.node,
    },
    output: row.output,
    seed: row.cache_seed,
    facts: row.cache as unknown as CacheFacts,
  }));
}

export async function findLatestCommit(db: Database, { pipeline, node }: LatestOptions): Promise<JournalEntry | null> {
  const row = await db.kysely
    .selectFrom('journal')
    .selectAll()
    .where('state', '=', 'committed')
    .where('pipeline', '=', pipeline)
    .where('node', '=', node)
    .orderBy('nominal_time', 'desc')
    .orderBy('committed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toEntry(row);
}
