import { join } from 'node:path';
import { z } from 'zod';
import type { StepContext } from '../../dsl/context.js';
import type { Ref, Wire } from '../../dsl/ref.js';
import { type NodeOptions, typedStep } from '../../dsl/step.js';
import type { Artifact } from '../../plan/artifact.js';
import { localFiles } from '../features/fit-features.js';
import { runInChild } from '../train/child/run-in-child.js';
import { numericBackend } from '../train/numeric-backend.js';
import {
  type Champion,
  championSchema,
  type Dataset,
  datasetSchema,
  type EvaluationReport,
  evaluationReportSchema,
  type TrainedModel,
  trainedModelSchema,
} from '../values.js';
import { type EvaluateTaskInput, evaluateTaskOutputSchema } from './evaluate-task.js';

/** Input of {@link evaluate}. */
export interface EvaluateInput<Row> {
  readonly model: TrainedModel<Row> | Ref<TrainedModel<Row>>;
  /** Rows that the model was not trained on. Those without a label are left out. */
  readonly data: Dataset<NoInfer<Row>> | Ref<Dataset<NoInfer<Row>>>;
  /** The model to compare with, as `champion(name)` gives it; `null` or nothing: none. */
  readonly against?: Wire<Champion | null>;
  /** Columns by whose values the rows are cut, so that no group is overlooked. Default: none. */
  readonly slices?: readonly (keyof NoInfer<Row> & string)[];
  /** Values of each of those columns that are reported, those with the most rows. Default: 10. */
  readonly slicesPerColumn?: number;
}

const inputSchema = z.object({
  model: trainedModelSchema,
  data: datasetSchema,
  against: championSchema.nullish(),
  slices: z.array(z.string()).default([]),
  slicesPerColumn: z.int().positive().default(10),
});

/**
 * Judges a model on rows it has not seen, and the champion on the same rows: each brings its own features. Both are
 * judged by the label of the model, so a champion that was trained on another label is measured by the new one.
 *
 * @throws PawlError `InvalidData` when no row has a label or a column is missing; `InvalidModel` for a prediction that is
 * not a number.
 */
export const evaluate = typedStep<<Row>(input: EvaluateInput<Row>, options?: NodeOptions) => Ref<EvaluationReport>>()(
  'evaluate',
  {
    input: inputSchema,
    output: evaluationReportSchema,
    timeout: '2h',
    cache: 'reuse',
    environment: numericBackend,
  },
  async ({ model, data, against, slices, slicesPerColumn }, ctx) => {
    const task: EvaluateTaskInput = {
      model: await restore(ctx, model.folder, 'model'),
      champion: against ? await restore(ctx, against.model.folder, 'champion') : null,
      files: await localFiles(data, ctx),
      slices,
      slicesPerColumn,
      scratch: ctx.scratch,
    };
    const onProgress: StepContext['progress'] = (progress) => ctx.progress(progress);
    const result = await runInChild({ task: 'evaluate', input: task, signal: ctx.signal, onProgress });
    const { rows, champion, ...found } = evaluateTaskOutputSchema.parse(result);
    return {
      kind: 'report' as const,
      judgedOn: { rows, partition: data.partition },
      ...found,
      champion: against && champion ? { name: against.name, version: against.version, metrics: champion } : null,
    };
  },
);

async function restore(ctx: StepContext, folder: Artifact, name: string): Promise<string> {
  const path = join(ctx.scratch, name);
  await ctx.artifacts.restoreFolder(folder, path);
  return path;
}
