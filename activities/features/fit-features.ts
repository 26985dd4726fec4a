import { z } from 'zod';
import type { StepContext } from '../../dsl/context.js';
import type { Ref } from '../../dsl/ref.js';
import { type NodeOptions, typedStep } from '../../dsl/step.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { withDuckDb } from '../data/duckdb.js';
import { parquetRows } from '../data/sql.js';
import { type ModelDefinition, modelSchema } from '../train/model.js';
import {
  type Dataset,
  type DatasetValue,
  datasetSchema,
  type FittedFeatures,
  fittedFeaturesSchema,
} from '../values.js';
import { analyse } from './analyse.js';
import { widthOf } from './transform.js';

/** Input of {@link fitFeatures}. */
export interface FitFeaturesInput<Row> {
  /** The model whose features are fitted. */
  readonly of: ModelDefinition<Row>;
  /** The training rows, and no others: what is learnt from the rows of a judgement would flatter the model. */
  readonly data: Dataset<NoInfer<Row>> | Ref<Dataset<NoInfer<Row>>>;
}

/**
 * Learns what the features of a model need to know (means, boundaries, vocabularies) from the training rows, and
 * freezes it: the same numbers are used in training, evaluation and serving.
 */
export const fitFeatures = typedStep<
  <Row>(input: FitFeaturesInput<Row>, options?: NodeOptions) => Ref<FittedFeatures<Row>>
>()(
  'fit-features',
  { input: z.object({ of: modelSchema, data: datasetSchema }), output: fittedFeaturesSchema, cache: 'reuse' },
  async ({ of, data }, ctx) => {
    const transform = await withDuckDb({ scratch: ctx.scratch, signal: ctx.signal }, async (db) =>
      analyse(db, parquetRows(await localFiles(data, ctx)), of.features),
    );
    if (transform.rows === 0) throw noRows(data);
    return {
      kind: 'features' as const,
      model: of.name,
      contract: data.contract,
      transform: await ctx.artifacts.putJson(transform),
      width: widthOf(transform),
    };
  },
);

/** Verified local paths of a dataset's files. */
export function localFiles(data: DatasetValue, ctx: Pick<StepContext, 'artifacts'>): Promise<string[]> {
  return Promise.all(data.files.map((file) => ctx.artifacts.localPath(file)));
}

function noRows(data: DatasetValue): PawlError {
  const where = data.partition === null ? '' : ` of partition ${data.partition}`;
  return new PawlError(FailureType.InvalidData, `none of the ${data.rows} rows${where} has a label`, {
    hint: 'The column that the label is made of is missing in every row: look at the data, or at the partition.',
    retryable: false,
  });
}
