import { type RawBuilder, sql } from 'kysely';
import type { Digest } from '../plan/canonical.js';
import type { Database } from './database.js';

/** Which offers are meant: those to which all of it applies. */
export interface OfferFilter {
  readonly keys?: readonly Digest[];
  readonly pipeline?: string;
  readonly step?: string;
  readonly node?: string;
  /** Only those whose latest execution was committed so long ago or longer, in milliseconds. */
  readonly olderThanMs?: number;
}

/** An output that later executions may take over. */
export interface StandingOffer {
  readonly key: Digest;
  readonly pipeline: string;
  readonly step: string;
  /** The latest execution that ran: workflow id and node. */
  readonly run: string;
  readonly node: string;
  /** ISO 8601. */
  readonly committedAt: string;
  /** Of the artifacts in it. */
  readonly bytes: number;
  /** How many nodes took it over. */
  readonly reused: number;
}

/** What is offered for reuse, over all runs. */
export interface OfferStore {
  /** Latest first. */
  list(filter?: OfferFilter): Promise<readonly StandingOffer[]>;
  /**
   * Withdraws offers. The runs that made them keep all that they have.
   * @param reason said to whoever asks why it is not offered any more, as `evicted on 2001-03-02`.
   */
  withdraw(keys: readonly Digest[], reason: string): Promise<void>;
}

/** Offers in Postgres' journal. */
export function openOfferStore(db: Database): OfferStore {
  return {
    list: (filter = {}) => list(db, filter),
    withdraw: async (keys, reason) => {
      const note = JSON.stringify({ withdrawn: reason });
      await sql`
        update ${journalOf(db)} set cache_key = null, note = coalesce(note, ${note}::json)
        where cache_key = any(${keys})`.execute(db.kysely);
    },
  };
}

const journalOf = ({ schema }: Database): RawBuilder<unknown> => sql.table(`${schema}.journal`);

interface OfferRow {
  readonly cache_key: Digest;
  readonly pipeline: string;
  readonly step: string;
  readonly workflow_id: string;
  readonly node: string;
  readonly committed_at: string;
  readonly bytes: number;
  readonly reused: number;
}

async function list(db: Database, { keys, pipeline, step, node, olderThanMs }: OfferFilter) {
  const lineage = sql.table(`${db.schema}.lineage`);
  const artifacts = sql.table(`${db.schema}.artifacts`);
  const { rows } = await sql<OfferRow>`
    with offer as (
      select distinct on (cache_key) cache_key, pipeline, step, run_id, workflow_id, node, generation, committed_at,
        count(*) filter (where reused_from is not null) over (partition by cache_key) as reused
      from ${journalOf(db)} where cache_key is not null
      order by cache_key, (reused_from is null) desc, committed_at desc
    )
    select offer.*, coalesce((
      select sum(bytes) from ${artifacts} where digest in (
        select digest from ${lineage} as edge where edge.direction = 'out' and edge.run_id = offer.run_id
          and edge.node = offer.node and edge.generation = offer.generation
      )), 0)::bigint as bytes
    from offer
    where (${keys ?? null}::text[] is null or cache_key = any(${keys ?? null}::text[]))
      and pipeline = coalesce(${pipeline ?? null}, pipeline) and step = coalesce(${step ?? null}, step)
      and node = coalesce(${node ?? null}, node)
      and committed_at <= now() - ${olderThanMs ?? 0}::bigint * interval '1 millisecond'
    order by committed_at desc, cache_key`.execute(db.kysely);
  return rows.map((row) => ({
    key: row.cache_key,
    pipeline: row.pipeline,
    step: row.step,
    run: row.workflow_id,
    node: row.node,
    committedAt: row.committed_at,
    bytes: row.bytes,
    reused: row.reused,
  }));
}
