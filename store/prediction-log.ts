import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Digest } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';
import type { Database } from './database.js';
import type { PredictionsTable } from './tables.js';

/** One answer of a served model. */
export interface Prediction {
  /** A UUID, which the caller chooses: a batch that is sent again is kept once. */
  readonly id: string;
  /** Name and version of the model that answered. */
  readonly model: string;
  readonly version: number;
  /** The row contract that the request was checked against. */
  readonly contract: Digest;
  /** The request it came with; null when it had no id. */
  readonly requestId: string | null;
  /** The raw row. */
  readonly row: Json;
  readonly score: number;
  /** ISO 8601. */
  readonly at: string;
}

/** What models answered, append-only. */
export interface PredictionLog {
  /** Appends a batch, all or nothing. */
  log(predictions: readonly Prediction[]): Promise<void>;
  count(model: string): Promise<number>;
  /** Latest first. Default limit: 100. */
  of(model: string, options?: { readonly limit?: number }): Promise<Prediction[]>;
}

/** Predictions in Postgres. */
export function openPredictionLog(db: Database): PredictionLog {
  return {
    log: (predictions) => log(db, predictions),
    count: async (model) => {
      const query = db.kysely.selectFrom('predictions').where('model', '=', model);
      return (await query.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow()).count;
    },
    of: async (model, { limit = 100 } = {}) => {
      const query = db.kysely.selectFrom('predictions').selectAll().where('model', '=', model);
      return (await query.orderBy('at', 'desc').orderBy('id').limit(limit).execute()).map(toPrediction);
    },
  };
}

/** One array for each column: a statement has at most 65,535 parameters, and a batch may have more values. */
async function log(db: Database, rows: readonly Prediction[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into ${sql.table(`${db.schema}.predictions`)}
      (id, model, version, contract, request_id, row, score, at)
    select * from unnest(
      ${rows.map(({ id }) => id)}::uuid[],
      ${rows.map(({ model }) => model)}::text[],
      ${rows.map(({ version }) => version)}::integer[],
      ${rows.map(({ contract }) => contract)}::text[],
      ${rows.map(({ requestId }) => requestId)}::text[],
      ${rows.map(({ row }) => JSON.stringify(row))}::json[],
      ${rows.map(({ score }) => score)}::double precision[],
      ${rows.map(({ at }) => at)}::timestamptz[]
    ) on conflict (id) do nothing`.execute(db.kysely);
}

function toPrediction(row: Selectable<PredictionsTable>): Prediction {
  return {
    id: row.id,
    model: row.model,
    version: row.version,
    contract: row.contract,
    requestId: row.request_id,
    row: row.row,
    score: row.score,
    at: row.at,
  };
}
