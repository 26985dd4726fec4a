import { sql } from 'kysely';
import type { Checkpoint, Checkpoints } from '../plan/registry.js';
import type { Database } from './database.js';
import { fenced } from './fenced.js';
import type { NodeKey } from './journal-entry.js';

/** A node and the token of the attempt that claimed it. */
export interface OwnedNode extends NodeKey {
  readonly token: string;
}

/** The checkpoints of one node: kept by run and node, so that every attempt and generation finds them. */
export function openCheckpoints(db: Database, owner: OwnedNode): Checkpoints {
  return { latest: () => latest(db, owner), save: (checkpoint) => save(db, owner, checkpoint) };
}

async function latest(db: Database, { runId, node }: OwnedNode): Promise<Checkpoint | null> {
  const query = db.kysely.selectFrom('checkpoints').select(['step', 'digest', 'bytes', 'media_type']);
  const row = await query.where('run_id', '=', runId).where('node', '=', node).executeTakeFirst();
  if (row === undefined) return null;
  return { step: row.step, artifact: { digest: row.digest, bytes: row.bytes, mediaType: row.media_type } };
}

/** The owner's row is locked until the checkpoint is written: a claim at the same time waits, or is seen. */
async function save(db: Database, owner: OwnedNode, { step, artifact }: Checkpoint): Promise<void> {
  const { runId, node, generation, token } = owner;
  const table = (name: string) => sql.table(`${db.schema}.${name}`);
  const { rows } = await sql`
    with owner as (
      select run_id, node from ${table('journal')}
      where run_id = ${runId} and node = ${node} and generation = ${generation}
        and token = ${token}::uuid and state = 'claimed'
      for share
    ),
    artifact as (
      insert into ${table('artifacts')} (digest, bytes, media_type)
      select ${artifact.digest}, ${artifact.bytes}::bigint, ${artifact.mediaType} from owner
      on conflict (digest) do nothing
    )
    insert into ${table('checkpoints')} (run_id, node, step, digest, bytes, media_type)
    select run_id, node, ${step}::bigint, ${artifact.digest}, ${artifact.bytes}::bigint, ${artifact.mediaType} from owner
    on conflict (run_id, node) do update set step = excluded.step, digest = excluded.digest,
      bytes = excluded.bytes, media_type = excluded.media_type, saved_at = now()
    returning 1`.execute(db.kysely);
  if (rows.length === 0) throw fenced(owner, 'a later attempt has taken over');
}
