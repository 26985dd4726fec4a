import { sql } from 'kysely';
import type { Database } from './database.js';

export interface ChoreTurn {
  readonly name: string;
  /** Nobody else gets the turn for so long, in milliseconds. */
  readonly everyMs: number;
  /** Who asks, for operators. */
  readonly worker: string;
}

/** What any worker may do, and one at a time does. */
export interface Chores {
  /** Whether it is this worker's turn. A worker that dies at it loses the turn with the time. */
  take(turn: ChoreTurn): Promise<boolean>;
}

/** The turns in Postgres. */
export function openChores(db: Database): Chores {
  return { take: (turn) => take(db, turn) };
}

async function take(db: Database, { name, everyMs, worker }: ChoreTurn): Promise<boolean> {
  const { rows } = await sql`
    insert into ${sql.table(`${db.schema}.chores`)} as known (name, worker, began_at) values (${name}, ${worker}, now())
    on conflict (name) do update set worker = excluded.worker, began_at = excluded.began_at
    where known.began_at < now() - ${everyMs}::double precision * interval '1 millisecond'
    returning 1`.execute(db.kysely);
  return rows.length > 0;
}
