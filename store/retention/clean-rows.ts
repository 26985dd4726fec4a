import { sql } from 'kysely';
import type { Digest } from '../../plan/canonical.js';
import type { Database } from '../database.js';
import { lockName } from '../lock-name.js';
import type { RetentionOptions } from './retention.js';
import { keptRuns, neededCheckpoint } from './roots.js';

/** Rows that go with the artifacts. */
export interface RowCounts {
  readonly offers: number;
  readonly checkpoints: number;
  readonly plans: number;
}

/** How many rows {@link cleanRows} would change. */
export async function countRows(db: Database, options: RetentionOptions, gone: readonly Digest[]): Promise<RowCounts> {
  const { journal, checkpoints, plans } = tables(db);
  const count = async (query: ReturnType<typeof sql>) => Number((await query.execute(db.kysely)).rows.length);
  return {
    offers: await count(sql`select from ${journal} as known where ${offersGone(db, options, gone)}`),
    checkpoints: await count(sql`select from ${checkpoints} where not ${neededCheckpoint(db, options)}`),
    plans: await count(sql`select from ${plans} as plan where ${unusedPlan(db, options)}`),
  };
}

/** Withdraws offers whose artifacts go, and removes checkpoints and plans that nothing needs. */
export async function cleanRows(db: Database, options: RetentionOptions, gone: readonly Digest[]): Promise<RowCounts> {
  const { journal, checkpoints } = tables(db);
  const offers = await sql`
    update ${journal} as known set cache_key = null, note = coalesce(note, ${WITHDRAWN}::json)
    where ${offersGone(db, options, gone)}`.execute(db.kysely);
  const removed = await sql`
    delete from ${checkpoints} where not ${neededCheckpoint(db, options)}`.execute(db.kysely);
  return {
    offers: Number(offers.numAffectedRows ?? 0),
    checkpoints: Number(removed.numAffectedRows ?? 0),
    plans: await removePlans(db, options),
  };
}

/** What operators read, and what a miss says. */
const WITHDRAWN = JSON.stringify({ withdrawn: 'pawl gc removed an artifact of it' });

function offersGone(db: Database, options: RetentionOptions, gone: readonly Digest[]) {
  return sql<boolean>`
    known.cache_key is not null and known.run_id not in ${keptRuns(db, options)} and (
      exists (
        select from regexp_matches(known.output::text, 'sha256:[0-9a-f]{64}', 'g') as found (match)
        where found.match[1] = any (${[...gone]}::text[])
      ) or exists (
        select from ${tables(db).lineage} as edge
        where edge.run_id = known.run_id and edge.node = known.node and edge.generation = known.generation
          and edge.direction = 'out' and edge.digest = any (${[...gone]}::text[])
      )
    )`;
}

/** One pipeline after the other, so that nobody publishes one of its plans again meanwhile. */
async function removePlans(db: Database, options: RetentionOptions): Promise<number> {
  const { plans } = tables(db);
  const unused = await sql<{ pipeline: string }>`
    select distinct pipeline from ${plans} as plan where ${unusedPlan(db, options)}`.execute(db.kysely);
  let removed = 0n;
  for (const { pipeline } of unused.rows) {
    await db.kysely.transaction().execute(async (trx) => {
      await lockName(trx, db.schema, 'pipeline', pipeline);
      const done = await sql`
        delete from ${plans} as plan where plan.pipeline = ${pipeline} and ${unusedPlan(db, options)}`.execute(trx);
      removed += done.numAffectedRows ?? 0n;
    });
  }
  return Number(removed);
}

/** What is known of runs stays, and with it the plans they ran by. */
function unusedPlan(db: Database, { keptSince }: RetentionOptions) {
  const { runs, journal, pipelines } = tables(db);
  return sql<boolean>`
    plan.created_at < ${keptSince}::timestamptz
      and not exists (select from ${pipelines} as pipeline where pipeline.current_plan = plan.hash)
      and not exists (select from ${runs} as run where run.plan_hash = plan.hash)
      and not exists (select from ${journal} as entry where entry.plan_hash = plan.hash)`;
}

function tables(db: Database) {
  const table = (name: string) => sql.table(`${db.schema}.${name}`);
  return {
    runs: table('runs'),
    journal: table('journal'),
    lineage: table('lineage'),
    checkpoints: table('checkpoints'),
    plans: table('plans'),
    pipelines: table('pipelines'),
  };
}
