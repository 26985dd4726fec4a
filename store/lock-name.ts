import { sql, type Transaction } from 'kysely';
import type { Tables } from './tables.js';

/**
 * Lets one transaction at a time work on a name (a pipeline, a model), also when it has no row yet that could be
 * locked. The lock ends with the transaction. Two names that hash alike only wait for each other.
 *
 * @param kind what the name names, for example `model`.
 */
export async function lockName(trx: Transaction<Tables>, schema: string, kind: string, name = ''): Promise<void> {
  const lock = `pawl:${schema}:${kind}:${name}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(trx);
}
