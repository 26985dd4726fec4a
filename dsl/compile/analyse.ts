import type { Annotations, NodeAnnotation } from '../../plan/plan.js';
import { planNodesOf } from '../../plan/visit.js';
import type { AnyStep } from '../step.js';
import type { Trace } from '../trace.js';
import type { Bundled } from './bundle.js';
import type { Documented } from './check-docs.js';
import { checkPaths } from './check-paths.js';
import type { Finding, Place } from './diagnostic.js';
import type { Loaded } from './load.js';
import { statementAt } from './locate.js';
import { PackageDocs } from './package-docs.js';
import { docOfProperty, paramNode } from './param-node.js';
import { type Project, relativePath } from './project.js';
import { checkRefs } from './refs/check-refs.js';
import { docOf, indexSources, placeOf, type SourceIndex, type Target } from './source-index.js';
import { locateSteps, type StepCode } from './step-code.js';

/** The sources of a pipeline. The one module through which the compiler loads a TypeScript parser. */
export interface Sources {
  /** What is wrong with the sources; `packages` are what the imported packages export, as far as known. */
  check(packages: Loaded['packages']): readonly Finding[];
  /** Where the default export is declared. */
  readonly pipelinePlace: Place;
  /** Whether two places are in the same statement, or the same arrow function's expression. */
  sameStatement(a: Place, b: Place): boolean;
  /** Puts a trace and its sources together. */
  locate(traced: Trace, loaded: Loaded): LocatedTrace;
}

/** A traced pipeline of which it is known where everything comes from. */
export interface LocatedTrace {
  readonly code: StepCode;
  readonly annotations: Annotations;
  /** Where a node was made; the pipeline's place without an id. */
  nodePlace(id?: string): Place;
  /** Where a step is declared, or else first used. */
  stepPlace(step: AnyStep): Place;
  /** The pipeline and the steps of the project. */
  readonly documented: readonly Documented[];
  /** The TSDoc of a param, if its schema is written where the pipeline is. */
  param(name: string): { readonly doc: string; readonly place: Place };
}

/** Parses the sources of a bundle. */
export function readSources(project: Project, bundled: Bundled): Sources {
  const index = indexSources(bundled.modules);
  const main = index.modules.get(project.file);
  const target = main && index.resolveExport(main, 'default');
  const pipelinePlace = localPlace(target) ?? { file: project.file, line: 1, column: 1 };
  return {
    check: (packages) => [...checkRefs(index, packages), ...checkPaths(index)],
    pipelinePlace,
    sameStatement: (a, b) => a.file === b.file && statementAt(index, a) === statementAt(index, b),
    locate: (traced, loaded) => locateTrace({ project, bundled, index, target, pipelinePlace }, traced, loaded),
  };
}

interface SourceParts {
  readonly project: Project;
  readonly bundled: Bundled;
  readonly index: SourceIndex;
  readonly target: Target | undefined;
  readonly pipelinePlace: Place;
}

function locateTrace(parts: SourceParts, traced: Trace, loaded: Loaded): LocatedTrace {
  const { project, bundled, index, pipelinePlace } = parts;
  const found = [...traced.sites].flatMap(([id, stack]) => {
    const place = loaded.findPlace(stack);
    return place ? [[id, place] as const] : [];
  });
  const places = new Map(found);
  const stepNodes = planNodesOf(traced).filter((node) => node.kind === 'step');
  const steps = new Map(stepNodes.map((node) => [node.id, node.step]));
  const code = locateSteps({ index, bundled, traced, places, steps, packages: loaded.packages });
  const docs = new PackageDocs(project.root);
  const nodePlace = (id?: string): Place => (id === undefined ? undefined : places.get(id)) ?? pipelinePlace;
  const annotate = (id: string): NodeAnnotation => {
    const { line, column, file } = nodePlace(id);
    return {
      doc: steps.has(id) ? docOfTarget(code.target(id), docs) : '',
      file: relativePath(project.root, file),
      line,
      column,
      ...(traced.labels.has(id) ? { label: traced.labels.get(id)! } : {}),
    };
  };
  const pipelineDoc = docOfTarget(parts.target, docs);
  const stepPlace = (step: AnyStep): Place => {
    const id = stepNodes.find((node) => node.step === step.stepName)?.id;
    return (id !== undefined && localPlace(code.target(id))) || nodePlace(id);
  };
  const ownSteps = [...traced.steps.values()].flatMap((step) => {
    const id = stepNodes.find((node) => node.step === step.stepName)?.id;
    const target = id === undefined ? undefined : code.target(id);
    if (target?.kind !== 'local') return [];
    return [{ name: `the step "${step.stepName}"`, doc: docOf(target.node), place: placeOf(target.node) }];
  });
  return {
    code,
    documented: [{ name: 'the pipeline', doc: pipelineDoc, place: pipelinePlace }, ...ownSteps],
    param: (name) => {
      const node = parts.target?.kind === 'local' ? paramNode(parts.target.node, name) : undefined;
      return node ? { doc: docOfProperty(node), place: placeOf(node) } : { doc: '', place: pipelinePlace };
    },
    annotations: {
      doc: pipelineDoc,
      nodes: Object.fromEntries([...traced.sites.keys()].sort().map((id) => [id, annotate(id)])),
    },
    nodePlace,
    stepPlace,
  };
}

function docOfTarget(target: Target | undefined, docs: PackageDocs): string {
  if (target?.kind === 'package') return docs.of(target.specifier, target.name);
  return target?.kind === 'local' ? docOf(target.node) : '';
}

function localPlace(target: Target | undefined): Place | undefined {
  return target?.kind === 'local' ? placeOf(target.node) : undefined;
}
