import type { Digest } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { StepNode } from '../../plan/plan.js';
import { suggestName } from '../../plan/suggest.js';
import { planNodesOf } from '../../plan/visit.js';
import { type CompileOptions, traceProject } from './compile.js';
import { findProject, relativePath } from './project.js';

/** What a step's fingerprint is made of. */
export interface StepExplanation {
  /** Of the step's own code, without the definitions its nodes are given. */
  readonly fingerprint: Digest;
  /** Local files with code the step reaches, from the project's root. */
  readonly files: readonly string[];
  /** Version of each package that code imports, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * Says what a step of a pipeline depends on.
 * @throws PawlError `InvalidPlan` when the pipeline has no such step; CompileStop when it cannot be traced.
 */
export async function explainStep(file: string, step: string, options: CompileOptions = {}): Promise<StepExplanation> {
  const project = findProject(file, options.root);
  const { traced, located } = await traceProject(project, []);
  const nodes = planNodesOf(traced).filter((node): node is StepNode => node.kind === 'step');
  const node = nodes.find((candidate) => candidate.step === step);
  if (!node) {
    throw new PawlError(FailureType.InvalidPlan, `the pipeline has no step "${step}"`, {
      hint: suggestName(step, [...traced.steps.keys()]),
      retryable: false,
    });
  }
  const { fingerprint, files, packages } = located.code.step(node.id);
  return { fingerprint, files: files.map((path) => relativePath(project.root, path)), packages };
}
