import { pathToFileURL } from 'node:url';
import { type DefinitionOrigin, definitionOrigin } from '../../../dsl/definition.js';
import { isPipeline } from '../../../dsl/pipeline.js';
import { FailureType, PawlError } from '../../../plan/failure.js';
import type { ModelDefinition } from '../model.js';

/** A model definition's place, to be sent to a child process. @throws PawlError `Internal` when nobody recorded it. */
export function originOf(definition: ModelDefinition<never>): DefinitionOrigin {
  const origin = definitionOrigin(definition);
  if (origin) return origin;
  throw new PawlError(FailureType.Internal, `it is not known which bundle model "${definition.name}" came from`, {
    hint: 'In a test, call setDefinitionOrigin with a module whose default export is a pipeline that uses the model.',
    retryable: false,
  });
}

/** Loads a model definition in a child process: imports the bundle and draws its pipeline, which names its definitions. */
export async function loadDefinition({ bundle, code }: DefinitionOrigin): Promise<ModelDefinition<never>> {
  const module = (await import(pathToFileURL(bundle).href)) as { default?: unknown };
  if (!isPipeline(module.default)) throw missing(`${bundle} has no pipeline as its default export`);
  const definition = module.default.trace().definitions.get(code);
  if (!definition) throw missing(`pipeline "${module.default.name}" does not use ${code}`);
  // The name begins with the kind, so the definition is a model.
  return definition as ModelDefinition<never>;
}

function missing(message: string): PawlError {
  return new PawlError(FailureType.CodeMissing, message, { retryable: false });
}
