import type { z } from 'zod';
import type { Binding } from '../plan/binding.js';
import { type Digest, digestOf } from '../plan/canonical.js';
import type { Block, ExitPlan, PlanNode, StepNode } from '../plan/plan.js';
import { bindValue } from './bind.js';
import { codeName, type Definition } from './definition.js';
import { Misuse, misuse } from './misuse.js';
import { collectRefMisuse, makeRef, type Ref } from './ref.js';
import type { AnyStep, StepOptions } from './step.js';

/** What tracing a pipeline function found. */
export interface Trace {
  readonly block: Block;
  readonly onExit: ExitPlan | undefined;
  /** By step name. */
  readonly steps: ReadonlyMap<string, AnyStep>;
  /** By code name, as `model/delay-net`. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /**
   * What a run checks values by, beside the steps' own schemas: `pipeline/NAME` for the params of a pipeline that is
   * called in this one, `node/ID` for the form of an approval or the event of a `waitFor`.
   */
  readonly schemas: ReadonlyMap<string, z.ZodType>;
  /** What the author calls nodes, by id; only of those that have a label. */
  readonly labels: ReadonlyMap<string, string>;
  /** Ids of nodes whose outputs later runs read, though nothing in this one may. */
  readonly kept: ReadonlySet<string>;
  /** Stack of the call that made each node, by node id; empty unless `sites` was asked for. */
  readonly sites: ReadonlyMap<string, string>;
}

export interface TraceOptions {
  /** Record where each node was made. Default: false. */
  readonly sites?: boolean;
  /** Takes the mistakes that need not end the tracing; without it the first one is thrown. */
  readonly onMisuse?: (mistake: Misuse) => void;
}

/** What a block belongs to: a way is taken or not, items are many, and what runs on exit sees nothing else. */
export type BlockKind = 'pipeline' | 'way' | 'items' | 'exit';

interface OpenBlock {
  readonly scope: string;
  readonly kind: BlockKind;
  readonly nodes: PlanNode[];
}

/** Options that steps take where they set nothing themselves. */
export type StepDefaults = Omit<StepOptions, 'light'>;

/** The graph that is being drawn. */
export class Tracer {
  readonly steps = new Map<string, AnyStep>();
  readonly definitions = new Map<string, Definition>();
  readonly schemas = new Map<string, z.ZodType>();
  readonly labels = new Map<string, string>();
  readonly kept = new Set<string>();
  readonly sites = new Map<string, string>();
  readonly open: OpenBlock[] = [];
  /** Names of the pipelines under way, the outermost first. */
  readonly pipelines: string[] = [];
  onExit: ExitPlan | undefined;
  defaults: StepDefaults = {};
  private readonly ids = new Set<string>();

  constructor(readonly options: TraceOptions) {}

  get current(): OpenBlock {
    return this.open[this.open.length - 1]!;
  }

  /** Reports a mistake and goes on if whoever traces wants to hear of more than one. */
  report(mistake: Misuse): void {
    if (!this.options.onMisuse) throw mistake;
    this.options.onMisuse(mistake);
  }

  /** Reserves an id in the current scope. A second node of that name is a mistake, and gets another one. */
  claimId(name: string): string {
    const id = this.current.scope + name;
    if (this.ids.has(id)) {
      const free = this.freeName(name);
      this.report(duplicateId(id, free));
      return this.claimId(free);
    }
    this.ids.add(id);
    if (this.options.sites) this.sites.set(id, new Error().stack ?? '');
    return id;
  }

  add(node: PlanNode): void {
    this.current.nodes.push(node);
  }

  /** Traces what is inside of a node. */
  block(scope: string, build: () => unknown, kind: BlockKind = 'way'): Block {
    this.open.push({ scope, kind, nodes: [] });
    try {
      const result = this.bind(build());
      return { nodes: this.current.nodes, result };
    } finally {
      this.open.pop();
    }
  }

  /** The step a ref leads to, if it is one that is visible here; `inItems` when it is inside of a `map` or `reduce`. */
  findStep(id: string): { readonly node: StepNode | undefined; readonly inItems: boolean } {
    const depth = this.open.findIndex(({ nodes }) => nodes.some((node) => node.id === id));
    const node = this.open[depth]?.nodes.find((each) => each.id === id);
    const inItems = this.open.slice(0, depth + 1).some(({ kind }) => kind === 'items');
    return { node: node?.kind === 'step' ? node : undefined, inItems };
  }

  /** Turns what the author passed into a binding. */
  bind(value: unknown): Binding {
    return bindValue(value, {
      report: (mistake) => this.report(mistake),
      definition: (definition) => this.bindDefinition(definition),
    });
  }

  /** Reads an option of the author's; one that is wrong is reported and `instead` taken. */
  attempt<T>(read: () => T, instead: T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Misuse)) throw error;
      this.report(error);
      return instead;
    }
  }

  private bindDefinition(definition: Definition): Binding {
    const name = codeName(definition);
    const known = this.definitions.get(name);
    if (known !== undefined && known !== definition) {
      const message = `two different ${definition.kind} definitions are called "${definition.name}"`;
      this.report(misuse(message, 'Rename one of them.', 'duplicate-step'));
    }
    this.definitions.set(name, definition);
    return { $code: name };
  }

  private freeName(name: string): string {
    let number = 2;
    while (this.ids.has(`${this.current.scope}${name}-${number}`)) number += 1;
    return `${name}-${number}`;
  }
}

let tracer: Tracer | undefined;

/** Runs a pipeline function with symbolic refs and returns the graph it draws. */
export function trace(
  build: (params: Ref<unknown>) => unknown,
  options: TraceOptions & { readonly name?: string; readonly defaults?: StepDefaults } = {},
): Trace {
  if (tracer) throw misuse('a pipeline cannot be traced inside another one', 'Call it: other({ … }).');
  const own = new Tracer(options);
  own.defaults = options.defaults ?? {};
  if (options.name !== undefined) own.pipelines.push(options.name);
  tracer = own;
  const stopCollecting = options.onMisuse && collectRefMisuse(options.onMisuse);
  try {
    const params = makeRef<unknown>((path) => ({ $param: path }));
    const block = own.block('', () => refuseAsync(build(params)), 'pipeline');
    const { onExit, steps, definitions, schemas, labels, kept, sites } = own;
    return { block, onExit, steps, definitions, schemas, labels, kept, sites };
  } finally {
    tracer = undefined;
    stopCollecting?.();
  }
}

/** The trace under way. @throws Misuse outside of a pipeline function. */
export function currentTracer(what: string): Tracer {
  if (!tracer)
    throw misuse(`${what} was used outside of a pipeline function`, 'In a test, call step.run(input) instead.');
  return tracer;
}

/** Until the compiler knows the code, a step's fingerprint stands for its name alone. */
export function provisionalFingerprint(step: string): Digest {
  return digestOf(step);
}

/** A ref to a node's output. */
export function outputRef<T>(id: string): Ref<T> {
  return makeRef<T>((path) => ({ $ref: id, path }));
}

/** A ref to the item that a node gives the nodes inside of it. */
export function itemRef<T>(id: string): Ref<T> {
  return makeRef<T>((path) => ({ $item: id, path }));
}

/** Refuses what an async function returns. */
export function refuseAsync(result: unknown): unknown {
  if (result instanceof Promise) {
    result.catch(() => {}); // What it rejects with is of no interest: being async is the mistake.
    throw misuse(
      'the pipeline function is async',
      'It only draws the graph: remove `async`, and move what it awaits into a step.',
      'async-pipeline',
    );
  }
  return result;
}

function duplicateId(id: string, free: string): Misuse {
  const hint = `Give the second one an id of its own: { id: '${free}' }.`;
  return misuse(`two nodes have the id "${id}"`, hint, 'duplicate-id');
}
