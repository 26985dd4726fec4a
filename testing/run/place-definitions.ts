import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { definitionOrigin, setDefinitionOrigin } from '../../dsl/definition.js';
import { misuse } from '../../dsl/misuse.js';
import type { PipelineParts } from '../../dsl/pipeline.js';
import type { Trace } from '../../dsl/trace.js';
import { declaredIn } from './declared-in.js';

/**
 * Makes the code of a pipeline's definitions loadable for child processes, as a worker does: a model is trained in a
 * process of its own, which knows nothing of this one.
 * @throws Misuse when it is not known which file the pipeline is in, or it has no default export.
 */
export async function placeDefinitions(pipeline: PipelineParts, { definitions }: Trace): Promise<void> {
  const missing = [...definitions].filter(([, definition]) => definitionOrigin(definition) === undefined);
  if (missing.length === 0) return;
  const bundle = await bundleOf(pipeline);
  for (const [code, definition] of missing) setDefinitionOrigin(definition, { bundle, code });
}

async function bundleOf(pipeline: PipelineParts): Promise<string> {
  const file = declaredIn(pipeline);
  if (file === undefined) throw unknownFile(pipeline.name);
  const [{ bundlePipeline }, { findProject }] = await Promise.all([
    import('../../dsl/compile/bundle.js'),
    import('../../dsl/compile/project.js'),
  ]);
  const project = findProject(file);
  const { bundle } = await bundlePipeline(project);
  // Where workers keep theirs: Node finds the project's packages from there.
  const path = join(project.root, '.pawl', 'bundles', `${bundle.digest.slice('sha256:'.length)}.mjs`);
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(draft, bundle.code);
  await rename(draft, path);
  return path;
}

const unknownFile = (name: string) =>
  misuse(
    `it is not known which file the pipeline "${name}" is in, so its models cannot be trained in a process of their own`,
    'Declare it in a file of its own, as its default export, or replace the steps that train by stubs.',
  );
