import { sql } from 'kysely';
import type { Digest } from '../../plan/canonical.js';
import type { Database } from '../database.js';

/** Every artifact that registered models were made from: what their nodes read, what made that, and so on. */
export async function modelOrigins(db: Database): Promise<ReadonlyMap<Digest, string>> {
  const table = (name: string) => sql.table(`${db.schema}.${name}`);
  const { rows } = await sql<{ digest: Digest; model: string }>`
    with recursive origin (digest, model) as (
      select found.match[1], made.name || ' version ' || made.version
      from ${table('model_versions')} as made,
        regexp_matches((made.*)::text, 'sha256:[0-9a-f]{64}', 'g') as found (match)
      union
      select read.digest, origin.model
      from origin
      join ${table('lineage')} as written on written.digest = origin.digest and written.direction = 'out'
      join ${table('lineage')} as read on read.direction = 'in' and read.run_id = written.run_id
        and read.node = written.node and read.generation = written.generation
    )
    select digest, min(model) as model from origin group by digest`.execute(db.kysely);
  return new Map(rows.map(({ digest, model }) => [digest, `what model ${model} was made from`]));
}
