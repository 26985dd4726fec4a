import type { StepContext } from '../../dsl/context.js';
import type { Trace } from '../../dsl/trace.js';
import { type Quoted, refsOf, resolveBinding, type Scope } from '../../plan/binding.js';
import type { Json } from '../../plan/json.js';
import type { Block, MapNode, PlanNode, ReduceNode, StepNode } from '../../plan/plan.js';
import { bindingsOf, visitNode } from '../../plan/visit.js';
import { callStepFunction } from '../../worker/steps/call-step.js';

/** How a run of a plan must end. */
export interface Evaluation {
  /** The result; undefined where something rejects. */
  readonly value: Json | undefined;
  /** Every value that the run may be rejected with. */
  readonly rejections: readonly Json[];
}

/**
 * What a plan means, said as plainly as can be: one node after the other, no waiting, no faults. A node that a rejection
 * keeps from having a value keeps those from running that read it.
 */
export async function evaluatePlan(traced: Trace, params: Json): Promise<Evaluation> {
  const evaluator = new Evaluator(traced);
  const value = await evaluator.block(traced.block, new Values(params));
  return { value: evaluator.rejections.length > 0 ? undefined : value, rejections: evaluator.rejections };
}

/** Random programs have steps that only compute. */
const NO_CONTEXT = {} as StepContext;

class Values implements Scope {
  private readonly outputs = new Map<string, Quoted>();

  constructor(
    readonly params: Quoted,
    private readonly outer?: Values,
    private readonly own?: { readonly node: string; readonly item: Quoted },
  ) {}

  put(node: string, value: Quoted): void {
    this.outputs.set(node, value);
  }

  output(node: string): Quoted | undefined {
    return this.outputs.get(node) ?? (this.outputs.has(node) ? null : this.outer?.output(node));
  }

  item(node: string): Quoted | undefined {
    return this.own?.node === node ? this.own.item : this.outer?.item(node);
  }

  inner(node?: string, item: Quoted = null): Values {
    return new Values(this.params, this, node === undefined ? undefined : { node, item });
  }
}

class Evaluator {
  readonly rejections: Json[] = [];

  constructor(private readonly traced: Trace) {}

  /** Undefined when something in it has no value. */
  async block(block: Block, values: Values): Promise<Quoted | undefined> {
    let complete = true;
    for (const node of block.nodes) {
      const ready = bindingsOf(node)
        .flatMap(refsOf)
        .every((id) => values.output(id) !== undefined);
      const value = ready ? await this.node(node, values) : undefined;
      if (value === undefined) complete = false;
      else values.put(node.id, value);
    }
    return complete && refsOf(block.result).every((id) => values.output(id) !== undefined)
      ? resolveBinding(block.result, values)
      : undefined;
  }

  private node(node: PlanNode, values: Values): Promise<Quoted | undefined> {
    const unattended = async (): Promise<undefined> => {
      throw new Error(`${node.kind} needs people`);
    };
    return visitNode<Promise<Quoted | undefined>>(node, {
      step: (n) => this.step(n, values),
      when: (n) => this.block(resolveBinding(n.if, values) === true ? n.then : n.else, values.inner()),
      match: (n) => {
        const tag = resolveBinding(n.on, values);
        const way = n.cases.find(({ is }) => is === tag)?.block ?? n.otherwise;
        return this.block(way!, values.inner());
      },
      present: (n) => this.block(resolveBinding(n.value, values) === null ? n.else : n.then, values.inner()),
      map: (n) => this.map(n, values),
      reduce: (n) => this.reduce(n, values),
      pipeline: (n) => this.block(n.body, values.inner(n.id, resolveBinding(n.params, values))),
      sleep: async () => null,
      reject: async (n) => {
        this.rejections.push(resolveBinding(n.with, values));
        return undefined;
      },
      approval: unattended,
      wait: unattended,
    });
  }

  private async step(node: StepNode, values: Values): Promise<Quoted> {
    const step = this.traced.steps.get(node.step)!;
    return callStepFunction(step, resolveBinding(node.input, values), NO_CONTEXT);
  }

  private async map(node: MapNode, values: Values): Promise<Quoted | undefined> {
    const results: (Quoted | undefined)[] = [];
    for (const item of resolveBinding(node.over, values) as readonly Quoted[])
      results.push(await this.block(node.body, values.inner(node.id, item)));
    return results.every((result) => result !== undefined) ? results : undefined;
  }

  private async reduce(node: ReduceNode, values: Values): Promise<Quoted | undefined> {
    let value: Quoted | undefined = resolveBinding(node.initial, values);
    for (const item of resolveBinding(node.over, values) as readonly Quoted[]) {
      if (value === undefined) return undefined;
      value = await this.block(node.body, values.inner(node.id, { value, item }));
    }
    return value;
  }
}
