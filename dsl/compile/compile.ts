import { resolve } from 'node:path';
import { type Digest, digestOf, digestOfJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Annotations, Plan } from '../../plan/plan.js';
import type { Trace } from '../trace.js';
import { bundlePipeline, type CodeBundle } from './bundle.js';
import { CompileStop, type Diagnostic, type Finding, type Place } from './diagnostic.js';
import { type Loaded, loadBundle } from './load.js';
import { makePlan, withFingerprints } from './make-plan.js';
import { findProject, type Project, relativePath } from './project.js';
import { reportFindings } from './report.js';
import { tracePipeline } from './trace-pipeline.js';

export interface CompileOptions {
  /** Folder of the project. Default: the nearest one with a `package.json`, from the file upwards. */
  readonly root?: string;
}

/** A pipeline ready to be published. */
export interface CompiledPipeline {
  readonly plan: Plan;
  /** Digest of the plan's canonical JSON. */
  readonly planHash: Digest;
  readonly annotations: Annotations;
  readonly bundle: CodeBundle;
}

export interface CompileResult {
  /** Sorted by file and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when one of the diagnostics is an error. */
  readonly compiled?: CompiledPipeline;
}

/**
 * Compiles a pipeline file into a plan, its annotations and its code bundle. What is wrong with the file is in the
 * diagnostics, all of it at once; nothing is thrown for it.
 *
 * @example
 * const { diagnostics, compiled } = await compilePipeline('pipelines/flight-delays.ts');
 */
export async function compilePipeline(file: string, options: CompileOptions = {}): Promise<CompileResult> {
  const findings: Finding[] = [];
  let root = options.root ?? '.';
  try {
    const project = findProject(file, options.root);
    root = project.root;
    const compiled = await compileProject(project, findings);
    const diagnostics = reportFindings(root, findings);
    return diagnostics.some(({ severity }) => severity === 'error') ? { diagnostics } : { diagnostics, compiled };
  } catch (error) {
    if (!(error instanceof CompileStop)) throw error;
    return { diagnostics: reportFindings(resolve(root), [...findings, ...error.findings]) };
  }
}

async function compileProject(project: Project, findings: Finding[]): Promise<CompiledPipeline> {
  const bundled = await bundlePipeline(project);
  const loaded = await loadBundle(project, bundled);
  const start: Place = { file: project.file, line: 1, column: 1 };
  const traced = tracePipeline(loaded, start);
  const block = withFingerprints(traced.block, (node) => digestOf(`${bundled.bundle.digest} ${node.step}`));
  const plan = makePlan(loaded.pipeline, bundled.bundle.digest, block);
  void findings;
  return {
    plan,
    planHash: digestOfJson(plan as unknown as Json),
    annotations: annotate(project, loaded, traced),
    bundle: { ...bundled.bundle, name: loaded.pipeline.name },
  };
}

function annotate(project: Project, loaded: Loaded, traced: Trace): Annotations {
  const nodes = [...traced.sites].map(([id, stack]) => {
    const place = loaded.findPlace(stack);
    return [
      id,
      {
        doc: '',
        file: place ? relativePath(project.root, place.file) : '',
        line: place?.line ?? 1,
        column: place?.column ?? 1,
      },
    ];
  });
  return { doc: '', nodes: Object.fromEntries(nodes) };
}
