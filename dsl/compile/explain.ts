import type { Digest } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { StepNode } from '../../plan/plan.js';
import { suggestName } from '../../plan/suggest.js';
import { planNodesOf } from '../../plan/visit.js';
import { type CompileOptions, traceProject } from './compile.js';
import { findProject, relativePath } from './project.js';

/** What a step's fingerprint is made of. */
export interface StepExplanation {
  /** As it stands in the plan: of the step's code and of the definitions, as of a model, that its node is given. */
  readonly fingerprint: Digest;
  /** Local files with code that is reached, from the project's root. */
  readonly files: readonly string[];
  /** Version of each package that code imports, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * Says what a step of a pipeline depends on.
 *
 * @param step id of a node, or name of a step: then its first node counts
 * @throws PawlError `InvalidPlan` when the pipeline has no such step; CompileStop when it cannot be traced.
 */
export async function explainStep(file: string, step: string, options: CompileOptions = {}): Promise<StepExplanation> {
  const project = findProject(file, options.root);
  const { traced, located } = await traceProject(project, []);
  const nodes = planNodesOf(traced).filter((node): node is StepNode => node.kind === 'step');
  const node = nodes.find(({ id }) => id === step) ?? nodes.find((candidate) => candidate.step === step);
  if (!node) {
    throw new PawlError(FailureType.InvalidPlan, `the pipeline has no step "${step}"`, {
      hint: suggestName(step, [...new Set([...traced.steps.keys(), ...nodes.map(({ id }) => id)])]),
      retryable: false,
    });
  }
  const { fingerprint, files, packages } = located.code.node(node);
  return { fingerprint, files: files.map((path) => relativePath(project.root, path)), packages };
}
