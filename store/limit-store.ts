import type { Database } from './database.js';
import type { LimitKind } from './tables.js';

/** How many attempts may be at work at a time, over all runs and workers. */
export interface Limit {
  /** Of a step of that name, or of all steps of a queue. */
  readonly kind: LimitKind;
  readonly name: string;
  readonly slots: number;
  /** ISO 8601. */
  readonly setAt: string;
}

export type LimitKey = Pick<Limit, 'kind' | 'name'>;

/** Limits that operators set. A plan's own limits are in the plan. */
export interface LimitStore {
  all(): Promise<readonly Limit[]>;
  set(limit: Omit<Limit, 'setAt'>): Promise<void>;
  /** @returns false when there was none. */
  unset(key: LimitKey): Promise<boolean>;
}

/** Limits in Postgres. */
export function openLimitStore(db: Database): LimitStore {
  return {
    all: async () => {
      const rows = await db.kysely.selectFrom('limits').selectAll().orderBy('kind').orderBy('name').execute();
      return rows.map(({ kind, name, slots, set_at }) => ({ kind, name, slots, setAt: set_at }));
    },
    set: async ({ kind, name, slots }) => {
      const insert = db.kysely.insertInto('limits').values({ kind, name, slots });
      await insert
        .onConflict((conflict) =>
          conflict.columns(['kind', 'name']).doUpdateSet({ slots, set_at: (row) => row.fn<string>('now') }),
        )
        .execute();
    },
    unset: async ({ kind, name }) => {
      const query = db.kysely.deleteFrom('limits').where('kind', '=', kind).where('name', '=', name);
      return (await query.executeTakeFirst()).numDeletedRows > 0n;
    },
  };
}
