import { sql } from 'kysely';
import type { Database } from './database.js';

export interface TakeAlongOptions {
  /** Temporal's run id of the run that has committed. */
  readonly from: string;
  /** Temporal's run id of the run that gets it. */
  readonly to: string;
  readonly nodes: readonly string[];
}

/**
 * Copies the last generation that each node has committed, with its lineage: what counts for the one run counts for the
 * other, also when the first is forgotten. The copy offers nothing, since the original does.
 */
export async function takeAlong(db: Database, { from, to, nodes }: TakeAlongOptions): Promise<void> {
  if (nodes.length === 0) return;
  const journal = sql.table(`${db.schema}.journal`);
  const lineage = sql.table(`${db.schema}.lineage`);
  await sql`
    with done as (
      select distinct on (node) * from ${journal}
      where run_id = ${from} and node = any(${[...nodes]}::text[]) and state = 'committed'
      order by node, generation desc
    ),
    copied as (
      insert into ${journal} (
        run_id, node, generation, workflow_id, pipeline, step, plan_hash, fingerprint, nominal_time, token, state, failures,
        input, output, note, attempt, worker, started_at, committed_at, cache, cache_reason, reused_from
      )
      select ${to}, node, generation, workflow_id, pipeline, step, plan_hash, fingerprint, nominal_time, token, state,
        failures, input, output, note, attempt, worker, started_at, committed_at, cache, 'recorded before the reset',
        coalesce(reused_from, json_build_object('run', workflow_id, 'runId', run_id, 'node', node))
      from done
      on conflict do nothing
      returning node, generation
    )
    insert into ${lineage} (run_id, node, generation, direction, path, digest)
    select ${to}, node, generation, direction, path, digest from ${lineage} join copied using (node, generation)
    where run_id = ${from}
    on conflict do nothing`.execute(db.kysely);
}
