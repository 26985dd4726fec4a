import { codeNamesIn, type Quoted } from '../../plan/binding.js';
import { type Digest, digestOfJson } from '../../plan/canonical.js';
import type { CacheFacts } from '../../store/index.js';

/** What makes two executions the same, as far as it is known before the function runs. */
export interface KeyParts {
  readonly step: string;
  /** Of the node: the step's code, what it reaches, its packages, the definitions it is given. */
  readonly fingerprint: Digest;
  readonly input: CacheFacts['input'];
  readonly environment: string | null;
  /** Of the packages whose version does not say what they hold. */
  readonly linked: CacheFacts['linked'];
  /** See {@link bundleOf}. */
  readonly bundle: Digest | null;
}

/**
 * The name under which an execution's output is found. Neither pipeline nor node are in it: the same step on the same
 * input is the same work wherever it stands. The seed, which differs by node, is compared only where it was used.
 */
export function cacheKey({ step, fingerprint, input, environment, linked, bundle }: KeyParts): Digest {
  return digestOfJson({ format: 1, step, fingerprint, input, environment, linked, bundle });
}

/**
 * The bundle counts where the input holds a definition that the node does not name itself, so that the fingerprint
 * cannot know its code: one that was chosen by the run, or given to a pipeline that is called.
 */
export function bundleOf(input: Quoted, covers: readonly string[], bundle: Digest): Digest | null {
  return codeNamesIn(input).some((name) => !covers.includes(name)) ? bundle : null;
}
