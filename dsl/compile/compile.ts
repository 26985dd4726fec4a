import { resolve } from 'node:path';
import { type Digest, digestOfJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { Annotations, Block, Plan } from '../../plan/plan.js';
import type { Trace } from '../trace.js';
import type { LocatedTrace, Sources } from './analyse.js';
import { type Bundled, bundlePipeline, type CodeBundle } from './bundle.js';
import { checkGraph, checkSchedule } from './check-graph.js';
import { checkParams, checkSteps } from './check-steps.js';
import { CompileStop, type Diagnostic, DiagnosticCode, type Finding } from './diagnostic.js';
import { type Loaded, loadBundle } from './load.js';
import { makePlan, withFingerprints } from './make-plan.js';
import { type PipelineSchemas, pipelineSchemas } from './output/pipeline-schemas.js';
import { findProject, type Project } from './project.js';
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
    const diagnostics = reportFindings(root, withoutConsequences(findings));
    return diagnostics.some(({ severity }) => severity === 'error') ? { diagnostics } : { diagnostics, compiled };
  } catch (error) {
    if (!(error instanceof CompileStop)) throw error;
    return { diagnostics: reportFindings(root, [...findings, ...newFindings(error, findings)]) };
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
  const traced = tracePipeline(loaded, sources.pipelinePlace, findings);
  return { bundled, loaded, traced, located: sources.locate(traced, loaded) };
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
  const fingerprinted = (block: Block): Block => withFingerprints(block, (node) => located.code.node(node));
  const plan = makePlan(pipeline, bundled.bundle.digest, {
    block: fingerprinted(traced.block),
    onExit: traced.onExit && { ...traced.onExit, block: fingerprinted(traced.onExit.block) },
  });
  findings.push(
    ...checkSteps(traced.steps.values(), located.stepPlace),
    ...checkParams(pipeline, located.nodePlace()),
    ...checkGraph(plan, [...traced.steps.keys()], located.nodePlace),
    ...checkSchedule(plan, located.nodePlace()),
  );
  return {
    plan,
    planHash: digestOfJson(plan as unknown as Json),
    annotations: located.annotations,
    bundle: { ...bundled.bundle, name: pipeline.name },
    schemas: () => pipelineSchemas(pipeline, traced),
  };
}

// A graph drawn with wrong branches has unused nodes that its author did not mean.
function withoutConsequences(findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(({ code }) => code.startsWith('ref-'))) return findings;
  return findings.filter(({ code }) => code !== DiagnosticCode.UnusedNode);
}

// A ref that stops the trace is found in the source too, where the message can say more.
function newFindings(stop: CompileStop, known: readonly Finding[]): readonly Finding[] {
  const isRefFinding = ({ code }: Finding) => code.startsWith('ref-');
  const sameLine = (a: Finding, b: Finding) => a.place.file === b.place.file && a.place.line === b.place.line;
  const isKnown = (finding: Finding) => known.some((other) => isRefFinding(other) && sameLine(finding, other));
  return stop.findings.filter((finding) => !isKnown(finding));
}
