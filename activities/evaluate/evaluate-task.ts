import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { Columns, ColumnUse } from '../features/columns.js';
import { requireColumn } from '../features/require-column.js';
import { columnsOf } from '../features/transform.js';
import type { TaskPort } from '../train/child/messages.js';
import { type LabelledTable, readLabelledTable } from '../train/labelled-table.js';
import { type LoadedModel, loadModel } from '../train/load-model.js';
import { changeSchema, metricsSchema, sliceReportSchema } from '../values.js';
import { compare, type Judged, judgeRows } from './metrics.js';
import { type Slice, sliceBy } from './slices.js';

/** Schema of {@link EvaluateTaskInput}. */
export const evaluateTaskInputSchema = z.object({
  /** Model folders. */
  model: z.string(),
  champion: z.string().nullable(),
  files: z.array(z.string()),
  slices: z.array(z.string()),
  slicesPerColumn: z.int().positive(),
  scratch: z.string(),
});

/** What an evaluation in a child process is told. */
export type EvaluateTaskInput = z.infer<typeof evaluateTaskInputSchema>;

/** Schema of what an evaluation gives back. */
export const evaluateTaskOutputSchema = z.object({
  rows: z.int(),
  model: metricsSchema,
  champion: metricsSchema.nullable(),
  change: changeSchema.nullable(),
  slices: z.array(sliceReportSchema),
});

/** Predictions of both models for the rows that have a label. */
interface Scores {
  readonly labels: Int8Array;
  readonly model: Float64Array;
  readonly champion: Float64Array | null;
}

/** The task `evaluate` of a child process: both models on the same raw rows, each with its own features. */
export async function evaluateTask(json: Json, port: TaskPort): Promise<Json> {
  const input = evaluateTaskInputSchema.parse(json);
  const model = await loadModel(input.model);
  const champion = input.champion === null ? null : await loadModel(input.champion);
  const table = await readTable(input, model, champion);
  const scores: Scores = {
    labels: Int8Array.from(table.rows, (row) => table.labels[row]!),
    model: await predict(port, 'the model', model, table),
    champion: champion && (await predict(port, 'the champion', champion, table)),
  };
  port.progress({ message: 'computing metrics' });
  return { rows: table.rows.length, ...report(scores), slices: reportSlices(input, table, scores) };
}

async function readTable(input: EvaluateTaskInput, model: LoadedModel, champion: LoadedModel | null) {
  const columns = new Map<string, ColumnUse>([
    ...input.slices.map((name): [string, ColumnUse] => [name, 'text']),
    ...(champion ? columnsOf(champion.transform) : []),
    ...columnsOf(model.transform),
  ]);
  const { label } = model.transform;
  const table = await readLabelledTable({ files: input.files, columns, label, scratch: input.scratch });
  if (table.rows.length > 0) return table;
  throw new PawlError(FailureType.InvalidData, 'there is no row with a label to judge on', {
    hint: 'Look at the partition that is judged, and at the column that the label is made of.',
    retryable: false,
  });
}

function predict(port: TaskPort, who: string, model: LoadedModel, table: LabelledTable): Promise<Float64Array> {
  port.progress({ message: `predicting ${table.rows.length} rows with ${who}` });
  return model.predictColumns(table.columns, table.rows);
}

function report({ labels, model, champion }: Scores) {
  const judged = judgeRows(model, labels);
  const other: Judged | null = champion && judgeRows(champion, labels);
  return { model: judged.metrics, champion: other?.metrics ?? null, change: other && compare(judged, other) };
}

function reportSlices(input: EvaluateTaskInput, table: LabelledTable, scores: Scores) {
  const slices = input.slices.flatMap((name) => slicesOf(name, table.columns, table.rows, input.slicesPerColumn));
  return slices.map(({ name, at }) => ({ slice: name, ...report(pick(scores, at)) }));
}

function slicesOf(name: string, columns: Columns, rows: Uint32Array, top: number): Slice[] {
  return sliceBy(name, requireColumn(columns, name), rows, top);
}

function pick({ labels, model, champion }: Scores, at: Uint32Array): Scores {
  const of = (values: Float64Array) => Float64Array.from(at, (row) => values[row]!);
  return { labels: Int8Array.from(at, (row) => labels[row]!), model: of(model), champion: champion && of(champion) };
}
