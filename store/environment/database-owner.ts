import { sql } from 'kysely';
import { DEFAULT_ENVIRONMENT } from '../../plan/environment.js';
import type { Database } from '../database.js';
import { wrongEnvironment } from './wrong-environment.js';

const OWNER = 'environment';

/**
 * The environment that a database belongs to; null for one that has nothing of Pawl yet. One that was in use before
 * databases had owners is `dev`'s.
 */
export async function databaseOwner(db: Database): Promise<string | null> {
  if (await hasTable(db, 'settings')) {
    const owner = await readOwner(db);
    if (owner !== null) return owner;
  }
  return (await isInUse(db)) ? DEFAULT_ENVIRONMENT : null;
}

/**
 * Refuses a database of another environment. Asked before the schema is touched: a newer build of one environment must
 * not migrate the database of another.
 * @throws PawlError `Conflict`
 */
export async function checkDatabaseOwner(db: Database, environment: string): Promise<void> {
  const owner = await databaseOwner(db);
  if (owner !== null && owner !== environment) throw wrongDatabase(db, owner, environment);
}

/**
 * Makes a database that is up to date an environment's own; the first of several processes decides.
 * @throws PawlError `Conflict` when it is another environment's.
 */
export async function keepDatabaseOwner(db: Database, environment: string): Promise<void> {
  if ((await readOwner(db)) === environment) return;
  await db.kysely
    .insertInto('settings')
    .values({ name: OWNER, value: environment })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const owner = await readOwner(db);
  if (owner !== null && owner !== environment) throw wrongDatabase(db, owner, environment);
}

/** Gives a database that is up to date to an environment, whoever had it. */
export async function changeDatabaseOwner(db: Database, environment: string): Promise<void> {
  await db.kysely
    .insertInto('settings')
    .values({ name: OWNER, value: environment })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: environment, set_at: sql`now()` }))
    .execute();
}

async function readOwner(db: Database): Promise<string | null> {
  const row = await db.kysely.selectFrom('settings').select('value').where('name', '=', OWNER).executeTakeFirst();
  return row?.value ?? null;
}

async function hasTable(db: Database, table: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_catalog.pg_tables where schemaname = ${db.schema} and tablename = ${table}`.execute(db.kysely);
  return rows.length > 0;
}

async function isInUse(db: Database): Promise<boolean> {
  if (!(await hasTable(db, 'plans')) || !(await hasTable(db, 'runs'))) return false;
  const { rows } = await sql`
    select 1 where exists (select 1 from ${sql.id(db.schema, 'plans')})
      or exists (select 1 from ${sql.id(db.schema, 'runs')})`.execute(db.kysely);
  return rows.length > 0;
}

function wrongDatabase({ place }: Database, owner: string, environment: string) {
  return wrongEnvironment({ what: `the database ${place}`, variable: 'DATABASE_URL', owner, environment });
}
