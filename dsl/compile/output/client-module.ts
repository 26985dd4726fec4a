import type { Json } from '../../../plan/json.js';
import type { CompiledPipeline } from '../compile.js';
import { printDeclarations } from './print-type.js';
import { docComment, quotedText, typeName, variableName } from './typescript-text.js';

/**
 * The text of a TypeScript module with which another program starts the pipeline and gets a typed result. It imports
 * `pawl/client` only.
 */
export function clientModule({ plan, planHash, annotations, schemas }: CompiledPipeline): string {
  const { params, result } = schemas();
  const name = plan.pipeline;
  const base = typeName(name);
  return [
    `// Written by \`pawl compile\` from the pipeline ${name}. Compile it again instead of changing this file.`,
    "import { pipelineClient } from 'pawl/client';",
    '',
    printDeclarations(`${base}Params`, closedWhenEmpty(params), `What a run of \`${name}\` is started with.`),
    printDeclarations(`${base}Result`, result, `What a run of \`${name}\` returns when it succeeds.`),
    `${docComment(annotations.doc, '')}export const ${exportName(name)} = pipelineClient<${base}Params, ${base}Result>(${quotedText(name)}, {`,
    `  plan: '${planHash}',`,
    `  params: ${JSON.stringify(params, null, 2).replaceAll('\n', '\n  ')},`,
    '});',
    '',
  ].join('\n');
}

/** A worker refuses params that the pipeline does not have. */
function closedWhenEmpty(params: Json): Json {
  const { properties } = params as { readonly properties?: object };
  const isEmpty = properties !== undefined && Object.keys(properties).length === 0;
  return isEmpty ? { ...(params as object), additionalProperties: false } : params;
}

function exportName(pipeline: string): string {
  const name = variableName(pipeline);
  return RESERVED.has(name) ? `${name}Pipeline` : name;
}

/** Words that cannot name a variable of a module, and what the module imports. */
const RESERVED = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package pipelineClient private protected
  public return static super switch this throw true try typeof var void while with yield`.split(/\s+/),
);
