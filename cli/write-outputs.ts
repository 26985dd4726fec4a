import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CompiledPipeline, clientModule } from '../dsl/compile/index.js';
import { canonicalJson } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';

/** What `pawl compile` writes, and the ends of the files' names. */
const ENDINGS = {
  plan: 'plan.json',
  annotations: 'annotations.json',
  bundle: 'bundle.mjs',
  params: 'params.schema.json',
  result: 'result.schema.json',
  steps: 'steps.schema.json',
  client: 'client.ts',
} as const;

type Output = keyof typeof ENDINGS;

/** Writes all that a compiled pipeline is into a folder, which is created. Returns the files' paths. */
export async function writeOutputs(compiled: CompiledPipeline, folder: string): Promise<Record<Output, string>> {
  const { plan, annotations, bundle } = compiled;
  const { params, result, steps } = compiled.schemas();
  const texts: Record<Output, string> = {
    plan: `${canonicalJson(plan as unknown as Json)}\n`,
    annotations: indented(annotations),
    bundle: bundle.code,
    params: indented(withTitle(params, `Params of ${plan.pipeline}`)),
    result: indented(withTitle(result, `Result of ${plan.pipeline}`)),
    steps: indented(steps),
    client: clientModule(compiled),
  };
  const paths = Object.fromEntries(
    Object.entries(ENDINGS).map(([output, ending]) => [output, join(folder, `${plan.pipeline}.${ending}`)]),
  ) as Record<Output, string>;
  await mkdir(folder, { recursive: true });
  for (const output of Object.keys(paths) as Output[]) await writeFile(paths[output], texts[output]);
  return paths;
}

function withTitle(schema: Json, title: string): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...(schema as { readonly [key: string]: Json }),
  };
}

function indented(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
