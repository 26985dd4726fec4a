import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { type Definition, setDefinitionOrigin } from '../../dsl/definition.js';
import { isPipeline, type PipelineParts } from '../../dsl/pipeline.js';
import type { AnyStep } from '../../dsl/step.js';
import type { ArtifactStore } from '../../plan/artifact.js';
import type { Digest } from '../../plan/canonical.js';
import { FailureType, isPawlError, PawlError } from '../../plan/failure.js';
import { checkPackages, type PackageVersions } from './check-packages.js';
import { linkedPackages } from './linked-packages.js';

/** A code bundle, loaded: the functions a plan names. */
export interface LoadedCode {
  readonly pipeline: PipelineParts;
  readonly steps: ReadonlyMap<string, AnyStep>;
  readonly definitions: ReadonlyMap<string, Definition>;
  /** What values are checked by beside the steps' own schemas; see `Trace`. */
  readonly schemas: ReadonlyMap<string, z.ZodType>;
  /** Versions of the packages it was compiled against. */
  readonly packages: PackageVersions;
  /** Digests of those packages that are links to a folder somebody works on. */
  linked(): Promise<Readonly<Record<string, Digest>>>;
}

export interface CodeLoaderOptions {
  readonly artifacts: Pick<ArtifactStore, 'getBytes'>;
  /** Project whose packages the bundles use. Bundles are kept in its `.pawl/bundles`. */
  readonly root: string;
}

/** Where the code that a plan names comes from. */
export interface CodeSource {
  /** @throws PawlError `CodeMissing` when a package is missing, `ArtifactCorrupt` when the bundle is gone. */
  load(digest: Digest): Promise<LoadedCode>;
}

/** Loads code bundles by digest, each once in a process. Several versions of a pipeline live side by side. */
export class CodeLoader implements CodeSource {
  private readonly loading = new Map<Digest, Promise<LoadedCode>>();

  constructor(private readonly options: CodeLoaderOptions) {}

  /** @throws PawlError `CodeMissing` when a package is missing, `ArtifactCorrupt` when the bundle is gone. */
  load(digest: Digest): Promise<LoadedCode> {
    const known = this.loading.get(digest) ?? this.loadAnew(digest);
    this.loading.set(digest, known);
    known.catch(() => this.loading.delete(digest));
    return known;
  }

  /** Loads a bundle that is at hand, published or not. @throws PawlError as `load`. */
  async loadText(digest: Digest, code: string): Promise<LoadedCode> {
    const { root } = this.options;
    const packages = packagesOf(code);
    await checkPackages(packages, root);
    const file = await this.writeModule(digest, code);
    const linked = () => linkedPackages(Object.keys(packages), root);
    return { ...(await readPipeline(file)), packages, linked };
  }

  private async loadAnew(digest: Digest): Promise<LoadedCode> {
    const code = Buffer.from(await this.options.artifacts.getBytes({ digest })).toString('utf8');
    return this.loadText(digest, code);
  }

  /** Inside of the project, so that Node finds the project's packages from there. */
  private async writeModule(digest: Digest, code: string): Promise<string> {
    const folder = join(this.options.root, '.pawl', 'bundles');
    const file = join(folder, `${digest.slice('sha256:'.length)}.mjs`);
    const draft = `${file}.${randomUUID()}`;
    await mkdir(folder, { recursive: true });
    await writeFile(draft, code);
    await rename(draft, file);
    return file;
  }
}

/** The package versions on a bundle's first line. */
function packagesOf(code: string): PackageVersions {
  const header = /^\/\/ pawl-bundle (\{.*\})$/m.exec(code.slice(0, code.indexOf('\n')));
  return header ? (JSON.parse(header[1]!) as { packages: PackageVersions }).packages : {};
}

async function readPipeline(file: string): Promise<Omit<LoadedCode, 'packages' | 'linked'>> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown };
    if (!isPipeline(module.default)) throw new Error('its default export is not a pipeline');
    const { steps, definitions, schemas } = module.default.trace();
    for (const [code, definition] of definitions) setDefinitionOrigin(definition, { bundle: file, code });
    return { pipeline: module.default, steps, definitions, schemas };
  } catch (error) {
    if (isPawlError(error)) throw error;
    throw new PawlError(FailureType.CodeMissing, `the code bundle cannot be loaded: ${String(error)}`, {
      hint: 'Compare the packages and the Node version of this worker with those the pipeline was published from.',
      cause: error,
    });
  }
}
