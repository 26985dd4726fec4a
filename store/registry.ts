import { type Selectable, sql, type Transaction } from 'kysely';
import type { Json } from '../plan/json.js';
import type { ModelRegistry, ModelVersion, RegisterOptions } from '../plan/registry.js';
import type { Database } from './database.js';
import { lockName } from './lock-name.js';
import { promote } from './promote.js';
import type { ModelVersionsTable, Tables } from './tables.js';

/** A version with what the gate saw when it was registered. */
export interface RegisteredVersion extends ModelVersion {
  readonly report: Json;
}

/** One try to change a champion. */
export interface ChampionChange {
  readonly name: string;
  /** The version that was to become champion. */
  readonly version: number;
  /** The champion before. */
  readonly previous: number | null;
  /** Whether it became champion. */
  readonly moved: boolean;
  readonly run: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The registry as operators see it: with its lists. */
export interface RegistryStore extends ModelRegistry {
  /** Newest first. */
  versions(name: string): Promise<RegisteredVersion[]>;
  /** Every try to change the champion, newest first. */
  championLog(name: string): Promise<ChampionChange[]>;
}

/** The registry in Postgres. Work on one name is done one call after the other, so versions have no gaps. */
export function openRegistry(db: Database): RegistryStore {
  return {
    register: (options) => register(db, options),
    promote: (options) => promote(db, options),
    champion: (name) => champion(db, name),
    version: async (name, version) => {
      const row = await selectVersions(db, name).where('version', '=', version).executeTakeFirst();
      return row === undefined ? null : toVersion(row);
    },
    versions: async (name) => {
      const rows = await selectVersions(db, name).orderBy('version', 'desc').execute();
      return rows.map((row) => ({ ...toVersion(row), report: row.report }));
    },
    championLog: (name) => championLog(db, name),
  };
}

async function register(db: Database, options: RegisterOptions): Promise<ModelVersion> {
  return db.kysely.transaction().execute(async (trx) => {
    await lockName(trx, db.schema, 'model', options.name);
    const known = trx.selectFrom('model_versions').selectAll().where('name', '=', options.name);
    const same = await known.where('key', '=', options.key).executeTakeFirst();
    return toVersion(same ?? (await insertVersion(trx, options)));
  });
}

async function insertVersion(trx: Transaction<Tables>, options: RegisterOptions) {
  const { name, model, report, key, run } = options;
  const newest = trx.selectFrom('model_versions').where('name', '=', name);
  return trx
    .insertInto('model_versions')
    .values({
      name,
      version: newest.select(sql<number>`coalesce(max(version), 0) + 1`.as('version')),
      model: JSON.stringify(model),
      report: JSON.stringify(report),
      key,
      run,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function champion(db: Database, name: string): Promise<ModelVersion | null> {
  const row = await db.kysely
    .selectFrom('model_versions as version')
    .innerJoin('champions', (join) =>
      join.onRef('champions.name', '=', 'version.name').onRef('champions.version', '=', 'version.version'),
    )
    .selectAll('version')
    .where('champions.name', '=', name)
    .executeTakeFirst();
  return row === undefined ? null : toVersion(row);
}

async function championLog(db: Database, name: string): Promise<ChampionChange[]> {
  return db.kysely
    .selectFrom('champion_log')
    .select(['name', 'version', 'previous', 'moved', 'run', 'at'])
    .where('name', '=', name)
    .orderBy('id', 'desc')
    .execute();
}

function selectVersions(db: Database, name: string) {
  return db.kysely.selectFrom('model_versions').selectAll().where('name', '=', name);
}

function toVersion(row: Selectable<ModelVersionsTable>): ModelVersion {
  return { name: row.name, version: row.version, model: row.model, run: row.run, createdAt: row.created_at };
}
