import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withDuckDb } from '../../../activities/data/duckdb.js';
import { fitFeatures } from '../../../activities/features/fit-features.js';
import type { ModelDefinition } from '../../../activities/train/model.js';
import type { Dataset, FittedFeatures } from '../../../activities/values.js';
import { codeName, setDefinitionOrigin } from '../../../dsl/definition.js';
import { MediaType } from '../../../plan/artifact.js';
import type { TestContext } from '../../../testing/test-context.js';
import type { Trip } from './trips.js';

/** Trips that are late more often when they are long, start in the evening, or come from `c`. */
export async function makeTrips(ctx: TestContext, rows: number, seed = 0): Promise<Dataset<Trip>> {
  const path = join(ctx.scratch, `trips-${seed}.parquet`);
  await withDuckDb({ scratch: ctx.scratch }, (db) =>
    db.run(`COPY (
      WITH numbers AS (SELECT range AS i, hash(range + ${seed} * 1000003) % 1000 / 1000 AS a,
        hash(range * 7 + 1 + ${seed}) % 1000 / 1000 AS b, hash(range * 13 + 5 + ${seed}) % 1000 / 1000 AS c FROM range(${rows}))
      SELECT TIMESTAMP '2001-01-01' + INTERVAL (i * 17) MINUTE AS start,
        CASE WHEN i % 50 = 0 THEN NULL ELSE 100 + 900 * a END AS length,
        CASE WHEN i % 70 = 0 THEN NULL ELSE ['a', 'b', 'c'][1 + (3 * b)::INT % 3] END AS "from",
        CASE WHEN i % 90 = 0 THEN NULL ELSE 40 * (a + c) + CASE WHEN b > 0.5 THEN 10 ELSE 0 END - 30 END AS late
      FROM numbers) TO '${path}' (FORMAT parquet)`),
  );
  const file = await ctx.artifacts.putFile(path, MediaType.parquet);
  const contract = await ctx.artifacts.putJson({ contract: 'trips' });
  return { kind: 'dataset', contract, files: [file], rows, partition: '2001-01' };
}

/** Says that a model comes from the file `trips.ts`, as a worker would that loaded it. */
export function placeInTrips(net: ModelDefinition<Trip>): void {
  setDefinitionOrigin(net, { bundle: fileURLToPath(new URL('./trips.ts', import.meta.url)), code: codeName(net) });
}

/** Fits the features of a model. */
export function fitTrips(
  net: ModelDefinition<Trip>,
  data: Dataset<Trip>,
  ctx: TestContext,
): Promise<FittedFeatures<Trip>> {
  return fitFeatures.run({ of: net, data }, ctx);
}
