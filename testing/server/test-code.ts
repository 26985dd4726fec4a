import type { StepContext } from '../../dsl/context.js';
import type { PipelineParts } from '../../dsl/pipeline.js';
import type { AnyStep } from '../../dsl/step.js';
import type { Trace } from '../../dsl/trace.js';
import { codeNamesIn } from '../../plan/binding.js';
import { type Digest, digestOf } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { PLAN_FORMAT, type Plan, type StepNode } from '../../plan/plan.js';
import { planNodesOf } from '../../plan/visit.js';
import type { CodeSource, LoadedCode } from '../../worker/code/load-code.js';
import { placeDefinitions } from '../run/place-definitions.js';
import { StubTable } from '../run/stub-table.js';
import type { Stub } from '../stub.js';

/** A pipeline as a run of the test server gets it: drawn in this process, with stubs in place of steps. */
export interface TestedPipeline {
  readonly plan: Plan;
  readonly traced: Trace;
  /** What stands for its code in the store. */
  readonly codeText: string;
}

/** The code of the pipelines under test: the functions of this process. */
export class TestCode implements CodeSource {
  private readonly known = new Map<Digest, { readonly code: LoadedCode; readonly gate: Promise<void> }>();

  /** How many pipelines were added. */
  get size(): number {
    return this.known.size;
  }

  async load(digest: Digest): Promise<LoadedCode> {
    const found = this.known.get(digest);
    if (!found) throw new PawlError(FailureType.CodeMissing, `no pipeline of this test has the code ${digest}`);
    await found.gate;
    return found.code;
  }

  /** @param gate what the run waits for before it begins. */
  async add(pipeline: PipelineParts, stubs: readonly Stub[], gate: Promise<void>): Promise<TestedPipeline> {
    const { makePlan, withFingerprints } = await import('../../dsl/compile/make-plan.js');
    const traced = pipeline.trace();
    const table = new StubTable(traced, stubs);
    const codeText = `// a test's pipeline ${pipeline.name}, number ${this.known.size + 1}`;
    const digest = digestOf(codeText);
    const fingerprint = (node: StepNode): Digest =>
      digestOf(`${node.step} ${identityOf(table.find(node.id, node).step.fn)}`);
    const block = withFingerprints(traced.block, fingerprint);
    const { onExit } = traced;
    const exit = onExit && { ...onExit, block: withFingerprints(onExit.block, fingerprint) };
    const plan = makePlan(pipeline, digest, { block, onExit: exit });
    const { definitions, schemas } = traced;
    const needsCode = planNodesOf(traced).some(
      (node) => node.kind === 'step' && codeNamesIn(node.input).length > 0 && !table.find(node.id, node).stubbed,
    );
    if (needsCode) await placeDefinitions(pipeline, traced);
    const code = {
      pipeline,
      definitions,
      schemas,
      steps: stubbedSteps(traced, table),
      packages: {},
      linked: async () => ({}),
    };
    this.known.set(digest, { code, gate });
    return { plan: { ...plan, pawl: PLAN_FORMAT }, traced, codeText };
  }
}

function stubbedSteps(traced: Trace, table: StubTable): ReadonlyMap<string, AnyStep> {
  const nodes = planNodesOf(traced).filter((node) => node.kind === 'step');
  const entries = [...traced.steps].map(([name, { stepName, declaration }]) => {
    const node = nodes.find((each) => each.step === name)!;
    const fnAt = (id: string) => table.find(id, { ...node, id }).step.fn;
    // What asks for its node is not offered to later runs, so that only a step with a stub of one node does.
    const fn: AnyStep['fn'] = table.hasOwnStub(name)
      ? (input, ctx: StepContext) => fnAt(ctx.node)(input, ctx)
      : fnAt(node.id);
    return [name, { stepName, declaration, fn }] as const;
  });
  return new Map(entries);
}

const identities = new WeakMap<object, number>();
let last = 0;

/** The same number for the same function: another stub is other code. */
function identityOf(fn: AnyStep['fn']): number {
  const known = identities.get(fn) ?? ++last;
  identities.set(fn, known);
  return known;
}
