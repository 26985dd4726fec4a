import type { Json, JsonObject } from '../../../plan/json.js';
import type { Block } from '../../../plan/plan.js';
import { jsonSchemaOf } from '../../json-schema.js';
import type { PipelineParts } from '../../pipeline.js';
import { resultSchema, type TracedSchemas } from './result-schema.js';
import { settledJsonSchema } from './settled-schema.js';

/** JSON Schemas (draft 2020-12) of what goes into a pipeline, through it and out of it. */
export interface PipelineSchemas {
  /** What a run is started with: what has a default may be left out. */
  readonly params: Json;
  /** What a run that succeeds returns. */
  readonly result: Json;
  /** By step name. */
  readonly steps: Readonly<Record<string, StepSchemas>>;
}

export interface StepSchemas extends JsonObject {
  /** What may be passed. */
  readonly input: Json;
  /** What is passed on. */
  readonly output: Json;
}

/** Describes the values of a traced pipeline. */
export function pipelineSchemas(
  { params }: Pick<PipelineParts, 'params'>,
  { block, steps, schemas }: TracedSchemas & { readonly block: Block },
): PipelineSchemas {
  const names = [...steps.keys()].sort();
  return {
    params: jsonSchemaOf(params),
    result: settledJsonSchema(resultSchema(block, params, { steps, schemas })),
    steps: Object.fromEntries(names.map((name) => [name, stepSchemas(steps, name)])),
  };
}

function stepSchemas(steps: TracedSchemas['steps'], name: string): StepSchemas {
  const { input, output } = steps.get(name)!.declaration;
  return { input: jsonSchemaOf(input), output: settledJsonSchema(output) };
}
