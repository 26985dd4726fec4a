import type { StepContext } from '../../dsl/context.js';
import { FailureType, PawlError } from '../../plan/failure.js';

/** What a light step has no use for. */
type Effects = 'artifacts' | 'registry' | 'checkpoints' | 'scratch' | 'progress' | 'previous';

/** The context of a light step: it is pure, so there is nothing to read or write. */
export function withoutEffects(node: string, common: Omit<StepContext, Effects>): StepContext {
  const refuse = (what: string): never => {
    throw new PawlError(FailureType.StepFailed, `step "${node}" is light and uses ctx.${what}`, {
      hint: 'A light step only computes. Remove `light: true` to use what a worker offers.',
      retryable: false,
    });
  };
  return {
    ...common,
    get artifacts() {
      return refuse('artifacts');
    },
    get registry() {
      return refuse('registry');
    },
    get checkpoints() {
      return refuse('checkpoints');
    },
    get scratch() {
      return refuse('scratch');
    },
    progress: () => {},
    previous: async () => refuse('previous'),
  };
}
