import { codeNamesIn } from '../../plan/binding.js';
import { type Digest, digestOfJson } from '../../plan/canonical.js';
import type { StepNode } from '../../plan/plan.js';
import type { Trace } from '../trace.js';
import type { Bundled } from './bundle.js';
import type { Place } from './diagnostic.js';
import { type CodeFingerprint, type Fingerprints, makeFingerprints } from './fingerprint.js';
import type { Loaded } from './load.js';
import { callAt, calleeTarget, declaredStep, definitionTarget, stepMakers } from './locate.js';
import { packageName } from './packages.js';
import type { SourceIndex, Target } from './source-index.js';

/** Where the code of a traced pipeline's nodes is, and its fingerprints. */
export interface StepCode {
  /** The declaration of the step a node calls; undefined when it is not plain from the source. */
  target(node: string): Target | undefined;
  /** Fingerprint of a step's code. */
  step(node: string): CodeFingerprint;
  /** Fingerprint of a node: of its step's code and of the definitions it is given. */
  node(node: StepNode): CodeFingerprint;
}

export interface StepCodeOptions {
  readonly index: SourceIndex;
  readonly bundled: Bundled;
  readonly traced: Trace;
  /** What the imported packages export, by specifier. */
  readonly packages: Loaded['packages'];
  /** Places of the calls that made the nodes, by node id. */
  readonly places: ReadonlyMap<string, Place>;
  /** Name of each node's step, by node id. */
  readonly steps: ReadonlyMap<string, string>;
}

/** Finds the code behind the nodes of a traced pipeline. */
export function locateSteps(options: StepCodeOptions): StepCode {
  return new Locator(options, makeFingerprints(options.index, options.bundled.bundle.packages));
}

class Locator implements StepCode {
  private readonly whole: CodeFingerprint;
  private readonly targets = new Map<string, Target | undefined>();
  private readonly makers: ReturnType<typeof stepMakers>;

  constructor(
    private readonly options: StepCodeOptions,
    private readonly fingerprints: Fingerprints,
  ) {
    const { bundle, modules } = options.bundled;
    this.makers = stepMakers(options.index);
    this.whole = { fingerprint: bundle.digest, files: [...modules.keys()].sort(), packages: bundle.packages };
  }

  target(node: string): Target | undefined {
    if (!this.targets.has(node)) this.targets.set(node, this.findTarget(node));
    return this.targets.get(node);
  }

  private findTarget(node: string): Target | undefined {
    const { index, places, steps } = this.options;
    const name = steps.get(node) ?? '';
    const place = places.get(node);
    const call = place && callAt(index, place);
    const called = call && calleeTarget(index, call);
    if (called?.kind === 'package' && this.isStepOf(called.specifier, called.name, name)) return called;
    // The call may be of another function, which the step is given to, as in `list.forEach(load)`.
    return declaredStep(index, this.makers, name) ?? called;
  }

  private isStepOf(specifier: string, exported: string, step: string): boolean {
    const { packages, traced } = this.options;
    return packages.get(specifier)?.[exported] === traced.steps.get(step);
  }

  step(node: string): CodeFingerprint {
    const target = this.target(node);
    // Code that cannot be told apart from the rest changes with all of it: too often is safe, too seldom is not.
    if (!target) return this.whole;
    return target.kind === 'package' ? this.packageStep(target.specifier, node) : this.fingerprints.of(target);
  }

  node(node: StepNode): CodeFingerprint {
    const code = this.step(node.id);
    const definitions = codeNamesIn(node.input).map((name) => [name, this.definition(name)] as const);
    if (definitions.length === 0) return code;
    const all = [code, ...definitions.map(([, found]) => found)];
    return {
      fingerprint: digestOfJson([
        code.fingerprint,
        definitions.map(([name, { fingerprint }]): [string, Digest] => [name, fingerprint]),
      ]),
      files: [...new Set(all.flatMap(({ files }) => files))].sort(),
      packages: mergePackages(all),
    };
  }

  private packageStep(specifier: string, node: string): CodeFingerprint {
    const name = packageName(specifier) ?? specifier;
    const version = this.options.bundled.bundle.packages[name] ?? '';
    const fingerprint = digestOfJson([name, version, this.options.steps.get(node) ?? '']);
    return { fingerprint, files: [], packages: { [name]: version } };
  }

  private definition(name: string): CodeFingerprint {
    const definition = this.options.traced.definitions.get(name);
    const target = definition && definitionTarget(this.options.index, definition);
    return target ? this.fingerprints.of(target) : this.whole;
  }
}

function mergePackages(codes: readonly CodeFingerprint[]): Readonly<Record<string, string>> {
  const versions = new Map(codes.flatMap(({ packages }) => Object.entries(packages)));
  return Object.fromEntries([...versions].sort(([a], [b]) => (a < b ? -1 : 1)));
}
