import { type Binding, quote } from '../plan/binding.js';
import { type Digest, digestOf } from '../plan/canonical.js';
import type { PawlError } from '../plan/failure.js';
import { isJsonObject, type Json } from '../plan/json.js';
import type { Block, PlanNode } from '../plan/plan.js';
import { codeName, type Definition, isDefinition } from './definition.js';
import { misuse } from './misuse.js';
import { bindingOf, makeRef, type Ref } from './ref.js';
import type { AnyStep } from './step.js';

/** What tracing a pipeline function found. */
export interface Trace {
  readonly block: Block;
  /** By step name. */
  readonly steps: ReadonlyMap<string, AnyStep>;
  /** By code name, as `model/delay-net`. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Stack of the call that made each node, by node id; empty unless `sites` was asked for. */
  readonly sites: ReadonlyMap<string, string>;
}

export interface TraceOptions {
  /** Record where each node was made. Default: false. */
  readonly sites?: boolean;
  /** Fingerprint of a step by its name. Default: a digest of the name, for those who only want the functions. */
  readonly fingerprint?: (step: string) => Digest;
}

interface OpenBlock {
  readonly scope: string;
  readonly nodes: PlanNode[];
}

class Tracer {
  readonly steps = new Map<string, AnyStep>();
  readonly definitions = new Map<string, Definition>();
  readonly sites = new Map<string, string>();
  readonly open: OpenBlock[] = [];
  private readonly ids = new Set<string>();

  constructor(readonly options: TraceOptions) {}

  get current(): OpenBlock {
    return this.open[this.open.length - 1]!;
  }

  claimId(name: string): string {
    const id = this.current.scope + name;
    if (this.ids.has(id)) throw duplicateId(id, name, this.ids);
    this.ids.add(id);
    if (this.options.sites) this.sites.set(id, new Error().stack ?? '');
    return id;
  }

  add(node: PlanNode): void {
    this.current.nodes.push(node);
  }

  block(scope: string, build: () => unknown): Block {
    this.open.push({ scope, nodes: [] });
    try {
      const result = this.bind(build());
      return { nodes: this.current.nodes, result };
    } finally {
      this.open.pop();
    }
  }

  /** Turns what the author passed into a binding. */
  bind(value: unknown): Binding {
    const binding = bindingOf(value);
    if (binding !== undefined) return binding;
    if (isDefinition(value)) return this.bindDefinition(value);
    if (value === undefined) return null;
    if (Array.isArray(value)) return value.map((part) => this.bind(part));
    if (isPlain(value)) return this.bindObject(value);
    return quote(jsonScalar(value));
  }

  private bindObject(value: object): Binding {
    const parts = Object.entries(value).filter(([, part]) => part !== undefined);
    const bound = Object.fromEntries(parts.map(([key, part]) => [key, this.bind(part)]));
    if (!Object.keys(bound).some((key) => key.startsWith('$'))) return bound;
    return { $lit: literalOnly(bound) };
  }

  private bindDefinition(definition: Definition): Binding {
    const name = codeName(definition);
    const known = this.definitions.get(name);
    if (known !== undefined && known !== definition) {
      throw misuse(
        `two different ${definition.kind} definitions are called "${definition.name}"`,
        'Rename one of them.',
      );
    }
    this.definitions.set(name, definition);
    return { $code: name };
  }
}

let tracer: Tracer | undefined;

/** Runs a pipeline function with symbolic refs and returns the graph it draws. */
export function trace(build: (params: Ref<unknown>) => unknown, options: TraceOptions = {}): Trace {
  if (tracer) throw misuse('a pipeline cannot be traced inside another one', 'Call its steps directly.');
  const own = new Tracer(options);
  tracer = own;
  try {
    const params = makeRef<unknown>((path) => ({ $param: path }));
    const block = own.block('', () => refuseAsync(build(params)));
    return { block, steps: own.steps, definitions: own.definitions, sites: own.sites };
  } finally {
    tracer = undefined;
  }
}

/** The trace under way. @throws PawlError `InvalidPlan` outside of a pipeline function. */
export function currentTracer(what: string): Tracer {
  if (!tracer)
    throw misuse(`${what} was used outside of a pipeline function`, 'In a test, call step.run(input) instead.');
  return tracer;
}

/** The fingerprint a traced step gets. */
export function fingerprintOf(own: Tracer, step: string): Digest {
  return own.options.fingerprint?.(step) ?? digestOf(step);
}

/** A ref to a node's output. */
export function outputRef<T>(id: string): Ref<T> {
  return makeRef<T>((path) => ({ $ref: id, path }));
}

function refuseAsync(result: unknown): unknown {
  if (result instanceof Promise) {
    result.catch(() => {}); // What it rejects with is of no interest: being async is the mistake.
    throw misuse(
      'the pipeline function is async',
      'It only draws the graph: remove `async`, and move what it awaits into a step.',
    );
  }
  return result;
}

function duplicateId(id: string, name: string, taken: ReadonlySet<string>): PawlError {
  const scope = id.slice(0, id.length - name.length);
  let number = 2;
  while (taken.has(`${scope}${name}-${number}`)) number += 1;
  return misuse(`two nodes have the id "${id}"`, `Give the second one an id of its own: { id: '${name}-${number}' }.`);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function jsonScalar(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const what = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : `${typeof value} ${String(value)}`;
  throw misuse(
    `a ${what} cannot be an input: edges carry JSON`,
    'Pass strings, finite numbers, booleans, null, arrays and plain objects.',
  );
}

function literalOnly(value: Json): Json {
  const text = JSON.stringify(value);
  if (isJsonObject(value) && /"\$(ref|param|item|code)":/.test(text)) {
    throw misuse('an input object has both a key that begins with "$" and a ref', 'Rename the key.');
  }
  return value;
}
