import { sql, type Transaction } from 'kysely';
import { FailureType, PawlError } from '../plan/failure.js';
import type { PromoteOptions, Promotion } from '../plan/registry.js';
import type { Database } from './database.js';
import { lockName } from './lock-name.js';
import type { Tables } from './tables.js';

/** Where the database says that a champion has changed; the payload is its name. */
export const DEPLOYMENTS_CHANNEL = 'pawl_deployments';

/** Compares and sets the champion of a name, writes the log, and tells who listens: all or nothing. */
export async function promote(db: Database, options: PromoteOptions): Promise<Promotion> {
  return db.kysely.transaction().execute(async (trx) => {
    await lockName(trx, db.schema, 'model', options.name);
    return (await earlierAnswer(trx, options)) ?? (await compareAndSet(trx, options));
  });
}

async function earlierAnswer(trx: Transaction<Tables>, { name, key }: PromoteOptions): Promise<Promotion | undefined> {
  const query = trx.selectFrom('champion_log').select(['moved', 'champion']);
  return query.where('name', '=', name).where('key', '=', key).executeTakeFirst();
}

async function compareAndSet(trx: Transaction<Tables>, options: PromoteOptions): Promise<Promotion> {
  const { name, version, expected, key, run } = options;
  await requireVersion(trx, name, version);
  const row = await trx.selectFrom('champions').select('version').where('name', '=', name).executeTakeFirst();
  const previous = row?.version ?? null;
  const moved = previous === expected;
  const champion = moved ? version : previous;
  await trx.insertInto('champion_log').values({ name, version, previous, champion, moved, run, key }).execute();
  if (moved) await setChampion(trx, name, version, run);
  return { moved, champion };
}

async function setChampion(trx: Transaction<Tables>, name: string, version: number, run: string): Promise<void> {
  const change = { version, run, since: sql<string>`now()` };
  await trx
    .insertInto('champions')
    .values({ name, ...change })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(change))
    .execute();
  await sql`select pg_notify(${DEPLOYMENTS_CHANNEL}, ${name})`.execute(trx);
}

async function requireVersion(trx: Transaction<Tables>, name: string, version: number): Promise<void> {
  const query = trx.selectFrom('model_versions').select('version').where('name', '=', name);
  if (await query.where('version', '=', version).executeTakeFirst()) return;
  throw new PawlError(FailureType.InvalidValue, `the model "${name}" has no version ${version}`, {
    hint: 'Register the model first, and promote the version which that returns.',
    retryable: false,
  });
}
