import { misuse } from '../../dsl/misuse.js';
import type { AnyStep } from '../../dsl/step.js';
import type { Trace } from '../../dsl/trace.js';
import type { StepNode } from '../../plan/plan.js';
import { suggestName } from '../../plan/suggest.js';
import { planNodesOf } from '../../plan/visit.js';
import type { Stub } from '../stub.js';
import { planIdOf } from './plan-id.js';

/** The step that a node runs in a test. */
export interface TestedStep {
  readonly step: AnyStep;
  readonly stubbed: boolean;
}

/** Which steps of a pipeline are replaced. */
export class StubTable {
  /** @throws Misuse for a stub of a step or a node that the pipeline does not have. */
  constructor(
    private readonly traced: Trace,
    private readonly stubs: readonly Stub[],
  ) {
    for (const each of stubs) this.requireUsed(each);
  }

  /** What runs at a node. The stub of one node counts before one of all; of two, the later. */
  find(id: string, node: StepNode): TestedStep {
    const step = this.traced.steps.get(node.step)!;
    const own = this.stubs.filter((each) => each.step.stepName === node.step);
    const names = [id, node.id];
    const found =
      own.findLast((each) => each.node !== undefined && names.includes(each.node)) ??
      own.findLast((each) => each.node === undefined);
    return found ? { step: { ...partsOf(step), fn: found.fn }, stubbed: true } : { step, stubbed: false };
  }

  /** Whether one of the stubs of a step stands in at one node alone. */
  hasOwnStub(step: string): boolean {
    return this.stubs.some((each) => each.node !== undefined && each.step.stepName === step);
  }

  private requireUsed({ step, node }: Stub): void {
    const known = this.traced.steps.get(step.stepName);
    if (!known) throw unknownStep(step.stepName, [...this.traced.steps.keys()]);
    if (known.declaration !== step.declaration) throw otherStep(step.stepName);
    if (node === undefined) return;
    const ids = planNodesOf(this.traced).flatMap((each) =>
      each.kind === 'step' && each.step === step.stepName ? [each.id] : [],
    );
    if (!ids.includes(planIdOf(node))) throw unknownNode(step.stepName, node, ids);
  }
}

/** A step is a function with properties: only those are of interest here. */
function partsOf({ stepName, declaration, fn }: AnyStep): AnyStep {
  return { stepName, declaration, fn };
}

const unknownStep = (name: string, known: readonly string[]) =>
  misuse(`there is a stub for the step "${name}", which the pipeline does not use`, suggestName(name, known));

const otherStep = (name: string) =>
  misuse(
    `the stub for "${name}" is for another step than the one of that name in the pipeline`,
    'Import the step from the file that the pipeline imports it from.',
  );

const unknownNode = (step: string, node: string, ids: readonly string[]) =>
  misuse(`there is a stub for the node "${node}", which is no node of the step "${step}"`, suggestName(node, ids));
