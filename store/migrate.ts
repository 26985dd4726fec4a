import { type Kysely, sql, type Transaction } from 'kysely';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Database } from './database.js';
import { lockName } from './lock-name.js';
import { type Migration, migrations } from './migrations/index.js';
import type { Tables } from './tables.js';

/**
 * Brings the schema to this build's version, in one transaction. Several processes may do so at the same time; a
 * database that is up to date is only read.
 *
 * @param steps the migrations to apply, oldest first. Default: all of this build.
 * @throws PawlError `StoreUnavailable`, also (not retryable) for a database of a newer version.
 */
export async function migrate(db: Database, steps: readonly Migration[] = migrations): Promise<void> {
  if ((await versionOf(db.kysely, db, steps.length)) === steps.length) return;
  await db.kysely.transaction().execute(async (trx) => {
    await lockName(trx, db.schema, 'migrate');
    const version = await versionOf(trx, db, steps.length);
    if (version === 0) await createSchema(trx, db.schema);
    await sql`set local search_path to ${sql.id(db.schema)}`.execute(trx);
    for (const [index, step] of steps.entries()) {
      if (index >= version) await apply(trx, step, index + 1);
    }
  });
}

/** The version of the schema; 0 when there is none. */
async function versionOf(connection: Kysely<Tables>, db: Database, newest: number): Promise<number> {
  if (!(await hasVersionTable(connection, db.schema))) return 0;
  const { rows } = await sql<{ version: number }>`
    select coalesce(max(version), 0) as version from ${sql.id(db.schema, 'schema_version')}`.execute(connection);
  const version = rows[0]?.version ?? 0;
  if (version > newest) throw tooNew(db, version, newest);
  return version;
}

/** Reads the catalog itself: `to_regclass` answers from a cache that waiting for the lock does not renew. */
async function hasVersionTable(connection: Kysely<Tables>, schema: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_catalog.pg_tables where schemaname = ${schema} and tablename = 'schema_version'`.execute(
    connection,
  );
  return rows.length > 0;
}

/** Without `if not exists` for a schema that is there: that asks for a right which the user may not have. */
async function createSchema(trx: Transaction<Tables>, schema: string): Promise<void> {
  const found = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(trx);
  if (found.rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(trx);
  await sql`
    create table ${sql.id(schema, 'schema_version')} (
      version integer primary key,
      name text not null,
      applied_at timestamptz not null default now()
    )`.execute(trx);
}

async function apply(trx: Transaction<Tables>, step: Migration, version: number): Promise<void> {
  await sql.raw(step.sql).execute(trx);
  await sql`insert into schema_version (version, name) values (${version}, ${step.name})`.execute(trx);
}

function tooNew(db: Database, version: number, newest: number): PawlError {
  return new PawlError(
    FailureType.StoreUnavailable,
    `the schema "${db.schema}" in ${db.place} has version ${version}; this build of Pawl knows versions up to ${newest}`,
    { hint: 'Update Pawl to the version that wrote it, or use another database or schema.', retryable: false },
  );
}
