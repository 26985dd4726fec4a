import type { StepContext } from '../../dsl/context.js';
import { digestOfJson } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { PreviousRead } from '../../store/index.js';

/** What a step's function used beside its input, as far as its output may depend on it. */
export interface Observations {
  seed: number | null;
  readonly reads: PreviousRead[];
  /** Something that is another one in each run. */
  refused: string | null;
}

/** Called once each, when it is seen first. */
export interface OnObserved {
  readonly seed: (seed: number) => void;
  readonly refused: () => void;
}

/** These differ from run to run or change behind the run's back: no key can hold them. */
const REFUSED: ReadonlySet<string | symbol> = new Set(['run', 'node', 'key', 'registry']);

/** The same context, which notes what is read from it. */
export function observeContext(context: StepContext, seen: Observations, on?: OnObserved): StepContext {
  return new Proxy(context, {
    get: (target, name) => {
      if (REFUSED.has(name) && seen.refused === null) {
        seen.refused = `ctx.${String(name)}`;
        on?.refused();
      }
      if (name === 'seed' && seen.seed === null) {
        seen.seed = target.seed;
        on?.seed(target.seed);
      }
      if (name === 'previous') return observePrevious(target, seen);
      return Reflect.get(target, name);
    },
  });
}

function observePrevious(context: StepContext, seen: Observations): StepContext['previous'] {
  return async (node) => {
    const found = await context.previous(node);
    seen.reads.push({ node: node ?? null, digest: digestOfJson(found as Json) });
    return found;
  };
}
