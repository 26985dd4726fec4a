import type { AnyStep } from '../../dsl/step.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { LoadedCode } from '../code/load-code.js';

/** @throws PawlError `InvalidPlan` when the code has no such step. */
export function stepNamed(name: string, code: LoadedCode): AnyStep {
  const step = code.steps.get(name);
  if (step) return step;
  throw new PawlError(FailureType.InvalidPlan, `the run's code has no step "${name}"`, {
    hint: 'The plan and its code bundle do not belong together: publish the pipeline again.',
    retryable: false,
  });
}
