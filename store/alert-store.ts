import { sql } from 'kysely';
import type { Json } from '../plan/json.js';
import type { Database } from './database.js';

/** What people are to be told. */
export interface RaisedAlert {
  /** The same for the same event, however often it is noticed. */
  readonly id: string;
  /** What is posted; null for an event that only is remembered. */
  readonly body: Json;
}

export interface TakeAlertsOptions {
  /** At most so many. */
  readonly limit: number;
  /** Those that were tried so often are given up. */
  readonly attempts: number;
  /** Those older than this are told nobody any more, in milliseconds. */
  readonly maxAgeMs: number;
}

/** Alerts that wait to be sent. */
export interface AlertStore {
  /** Keeps an alert until it is sent. @returns false for one that was kept before. */
  raise(alert: RaisedAlert): Promise<boolean>;
  /** Takes what is due. Each is due again after a pause that doubles, unless it is `sent` before. */
  take(options: TakeAlertsOptions): Promise<readonly RaisedAlert[]>;
  sent(id: string): Promise<void>;
  /** Removes alerts that are older than this, in milliseconds. */
  forget(ageMs: number): Promise<void>;
}

/** Alerts in Postgres. */
export function openAlertStore(db: Database): AlertStore {
  return {
    raise: (alert) => raise(db, alert),
    take: (options) => take(db, options),
    sent: async (id) => {
      const sentAt = sql<string>`now()`;
      await db.kysely.updateTable('alerts').set({ sent_at: sentAt }).where('id', '=', id).execute();
    },
    forget: async (ageMs) => {
      await db.kysely.deleteFrom('alerts').where('made_at', '<', ago(ageMs)).execute();
    },
  };
}

async function raise(db: Database, { id, body }: RaisedAlert): Promise<boolean> {
  const sentAt = body === null ? sql<string>`now()` : null;
  const query = db.kysely.insertInto('alerts').values({ id, body: JSON.stringify(body), sent_at: sentAt });
  const { numInsertedOrUpdatedRows } = await query
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Several workers take different ones. */
async function take(db: Database, { limit, attempts, maxAgeMs }: TakeAlertsOptions): Promise<readonly RaisedAlert[]> {
  const table = sql.table(`${db.schema}.alerts`);
  const { rows } = await sql<RaisedAlert>`
    update ${table} set attempts = attempts + 1,
      next_at = now() + least(power(2, attempts) * interval '5 seconds', interval '10 minutes')
    where id in (
      select id from ${table}
      where sent_at is null and next_at <= now() and attempts < ${attempts} and made_at > ${ago(maxAgeMs)}
      order by made_at limit ${limit} for update skip locked
    )
    returning id, body`.execute(db.kysely);
  return rows;
}

const ago = (ms: number) => sql<string>`now() - ${ms}::double precision * interval '1 millisecond'`;
