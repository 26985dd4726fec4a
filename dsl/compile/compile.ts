import { resolve } from 'node:path';
import { type Digest, digestOfJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Annotations, Block, Plan } from '../../plan/plan.js';
import type { Trace } from '../trace.js';
import type { LocatedTrace, Sources } from './analyse.js';
import { type Bundled, bundlePipeline, type CodeBundle } from './bundle.js';
import { checkDocs, checkParamDocs } from './check-docs.js';
import { checkGraph, checkSchedule } from './check-graph.js';
import { checkSize } from './check-size.js';
import { checkParams, checkSteps } from './check-steps.js';
import { checkValues } from './check-values.js';
import { withoutConsequences, withoutKnown } from './consequences.js';
import { CompileStop, type Diagnostic, DiagnosticCode, type Finding } from './diagnostic.js';
import { type Loaded, loadBundle } from './load.js';
import { makePlan, withFingerprints } from './make-plan.js';
import { type PipelineSchemas, pipelineSchemas } from './output/pipeline-schemas.js';
import { findProject, type Project } from './project.js';
import { reportFindings } from './report.js';
import { tracePipeline } from './trace-pipeline.js';
import { valueSchemas } from './value-schemas.js';

export interface CompileOptions {
  /** Folder of the project. Default: the nearest one with a `package.json`, from the file upwards. */
  readonly root?: string;
  /** Also give hints: what would make the pipeline easier to read, such as missing TSDoc. Default: false. */
  readonly hints?: boolean;
}

/** A pipeline ready to be published. */
export interface CompiledPipeline {
  readonly plan: Plan;
  /** Digest of the plan's canonical JSON. */
  readonly planHash: Digest;
  readonly annotations: Annotations;
  readonly bundle: CodeBundle;
  /** JSON Schemas of its values; made when they are asked for. */
  schemas(): PipelineSchemas;
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
  let root = resolve(options.root ?? '.');
  try {
    const project = findProject(file, options.root);
    root = project.root;
    const compiled = compileTraced(await traceProject(project, findings), findings);
    const shown = options.hints ? findings : findings.filter(({ severity }) => severity !== 'hint');
    const diagnostics = reportFindings(root, withoutConsequences(shown));
    return diagnostics.some(({ severity }) => severity === 'error') ? { diagnostics } : { diagnostics, compiled };
  } catch (error) {
    if (!(error instanceof CompileStop)) throw error;
    return { diagnostics: reportFindings(root, withoutConsequences([...findings, ...error.findings])) };
  }
}

/** A pipeline as far as it is known when its graph has been drawn. */
export interface TracedProject {
  readonly bundled: Bundled;
  readonly loaded: Loaded;
  readonly traced: Trace;
  readonly located: LocatedTrace;
}

/**
 * Bundles, imports and traces a pipeline, and adds what is wrong with its sources to `findings`.
 * @throws CompileStop where it cannot go on.
 */
export async function traceProject(project: Project, findings: Finding[]): Promise<TracedProject> {
  const [bundled, { readSources }] = await Promise.all([bundlePipeline(project), import('./analyse.js')]);
  const sources = readSources(project, bundled);
  const loaded = await loadChecked(project, bundled, sources, findings);
  // What an async function does after its first await would go on, and fail, when tracing is over.
  if (findings.some(({ code }) => code === DiagnosticCode.AsyncPipeline)) throw new CompileStop([]);
  // A loop that waits for a ref to be false waits for ever.
  if (findings.some(({ endless }) => endless)) throw new CompileStop([]);
  const traced = traceChecked(loaded, sources, findings);
  return { bundled, loaded, traced, located: sources.locate(traced, loaded) };
}

function traceChecked(loaded: Loaded, sources: Sources, findings: Finding[]): Trace {
  const met: Finding[] = [];
  try {
    return tracePipeline(loaded, sources.pipelinePlace, met);
  } catch (error) {
    if (!(error instanceof CompileStop)) throw error;
    met.push(...error.findings);
    throw new CompileStop([]);
  } finally {
    findings.push(...withoutKnown(met, findings, sources.sameStatement));
  }
}

async function loadChecked(project: Project, bundled: Bundled, sources: Sources, findings: Finding[]): Promise<Loaded> {
  let packages: Loaded['packages'] = new Map();
  try {
    const loaded = await loadBundle(project, bundled);
    packages = loaded.packages;
    return loaded;
  } finally {
    findings.push(...sources.check(packages));
  }
}

function compileTraced({ bundled, loaded, traced, located }: TracedProject, findings: Finding[]): CompiledPipeline {
  const { pipeline } = loaded;
  const fingerprinted = (block: Block): Block => withFingerprints(block, (node) => located.code.node(node).fingerprint);
  const plan = makePlan(pipeline, bundled.bundle.digest, {
    block: fingerprinted(traced.block),
    onExit: traced.onExit && { ...traced.onExit, block: fingerprinted(traced.onExit.block) },
  });
  findings.push(
    ...checkSteps(traced.steps.values(), located.stepPlace),
    ...checkParams(pipeline, located.nodePlace()),
    ...checkGraph(plan, { steps: [...traced.steps.keys()], kept: traced.kept }, located.nodePlace),
    ...checkSchedule(plan, located.nodePlace()),
    ...checkValues(traced, valueSchemas(pipeline, traced), located.nodePlace),
    ...checkSize(plan, located.nodePlace),
    ...checkDocs(located.documented),
    ...checkParamDocs(pipeline, located.param),
  );
  return {
    plan,
    planHash: digestOfJson(plan as unknown as Json),
    annotations: located.annotations,
    bundle: { ...bundled.bundle, name: pipeline.name },
    schemas: () => pipelineSchemas(pipeline, traced),
  };
}
