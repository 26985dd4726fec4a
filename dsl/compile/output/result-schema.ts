import { z } from 'zod';
import {
  type Binding,
  isCode,
  isItem,
  isLiteral,
  isOrElse,
  isParam,
  isRef,
  isSecret,
  type Path,
} from '../../../plan/binding.js';
import { canonicalJson } from '../../../plan/canonical.js';
import { isJsonObject, type Json } from '../../../plan/json.js';
import type {
  ApprovalNode,
  Block,
  MapNode,
  MatchNode,
  PipelineNode,
  PlanNode,
  PresentNode,
  ReduceNode,
  StepNode,
  WaitNode,
} from '../../../plan/plan.js';
import { visitNode } from '../../../plan/visit.js';
import type { Trace } from '../../trace.js';
import { approvedSchema } from '../approved-schema.js';
import { isNever, itemSchema, partSchema, passedSchema, presentSchema, unionOf, variantSchema } from './part-schema.js';
import { settledJsonSchema } from './settled-schema.js';

/** What a trace says about values. */
export type TracedSchemas = Pick<Trace, 'steps' | 'schemas'>;

/**
 * The schema of a pipeline's result, from the schemas of what its plan's result is made of. Always as wide as the
 * values: what is not known is `z.unknown()`. `never` when every run is rejected.
 */
export function resultSchema(block: Block, params: z.ZodType, traced: TracedSchemas): z.ZodType {
  return blockSchema(block, { params, traced, outputs: new Map(), items: new Map(), known: new Map() });
}

/** What is known where a binding stands. */
interface Scope {
  readonly params: z.ZodType;
  readonly traced: TracedSchemas;
  readonly outputs: Map<string, z.ZodType>;
  readonly items: ReadonlyMap<string, z.ZodType>;
  /** What is known in addition about some values, by their bindings. */
  readonly known: ReadonlyMap<string, z.ZodType>;
}

/** A block with a node that never gives a value gives none itself: it rejects. */
function blockSchema(block: Block, around: Scope): z.ZodType {
  const scope = { ...around, outputs: new Map(around.outputs) };
  let rejects = false;
  for (const node of block.nodes) {
    const schema = nodeSchema(node, scope);
    scope.outputs.set(node.id, schema);
    rejects ||= isNever(schema);
  }
  return rejects ? z.never() : bindingSchema(block.result, scope);
}

function nodeSchema(node: PlanNode, scope: Scope): z.ZodType {
  return visitNode<z.ZodType>(node, {
    step: (n) => stepSchema(n, scope),
    when: (n) => unionOf([n.then, n.else].map((way) => blockSchema(way, scope))),
    match: (n) => matchSchema(n, scope),
    present: (n) => presentNodeSchema(n, scope),
    map: (n) => mapSchema(n, scope),
    reduce: (n) => reduceSchema(n, scope),
    pipeline: (n) => pipelineSchema(n, scope),
    approval: (n) => approvalSchema(n, scope),
    wait: (n) => waitSchema(n, scope),
    sleep: () => z.null(),
    reject: () => z.never(),
  });
}

function stepSchema({ step }: StepNode, { traced }: Scope): z.ZodType {
  const output = traced.steps.get(step)?.declaration.output;
  // A step that declares `never` fails; only a `reject` rejects.
  return output && !isNever(output) ? output : z.unknown();
}

function matchSchema({ on, cases, otherwise }: MatchNode, scope: Scope): z.ZodType {
  const ways = cases.map(({ is, block }) => {
    const tagged = taggedValue(on);
    if (!tagged) return blockSchema(block, scope);
    const variant = variantSchema(bindingSchema(tagged.value, scope), tagged.key, is);
    return blockSchema(block, knowing(tagged.value, variant, scope));
  });
  return unionOf([...ways, ...(otherwise ? [blockSchema(otherwise, scope)] : [])]);
}

/** The value whose property a match goes by. */
function taggedValue(on: Binding): { readonly value: Binding; readonly key: string | number } | undefined {
  const path = pathOf(on);
  const key = path?.at(-1);
  return path && key !== undefined ? { value: withPath(on, path.slice(0, -1)), key } : undefined;
}

function presentNodeSchema(node: PresentNode, scope: Scope): z.ZodType {
  const there = presentSchema(bindingSchema(node.value, scope));
  return unionOf([blockSchema(node.then, knowing(node.value, there, scope)), blockSchema(node.else, scope)]);
}

function mapSchema({ id, over, minSuccess, body }: MapNode, scope: Scope): z.ZodType {
  const result = blockSchema(body, withItem(id, itemSchema(bindingSchema(over, scope)), scope));
  return z.array(minSuccess ? unionOf([result, z.null()]) : result);
}

/** What the body makes of a value depends on that value: it is tried until nothing new comes out. */
function reduceSchema({ id, over, initial, body }: ReduceNode, scope: Scope): z.ZodType {
  const first = bindingSchema(initial, scope);
  const item = itemSchema(bindingSchema(over, scope));
  const next = (value: z.ZodType): z.ZodType =>
    unionOf([first, blockSchema(body, withItem(id, z.object({ value, item }), scope))]);
  const once = next(first);
  return sameSchema(once, next(once)) ? once : next(z.unknown());
}

function pipelineSchema({ id, pipeline, body }: PipelineNode, scope: Scope): z.ZodType {
  const params = scope.traced.schemas.get(`pipeline/${pipeline}`) ?? z.unknown();
  return blockSchema(body, withItem(id, params, scope));
}

function approvalSchema({ id }: ApprovalNode, { traced }: Scope): z.ZodType {
  return approvedSchema(traced.schemas.get(`node/${id}`) ?? z.null());
}

function waitSchema({ id, timeoutMs }: WaitNode, { traced }: Scope): z.ZodType {
  const event = traced.schemas.get(`node/${id}`) ?? z.unknown();
  return timeoutMs === null ? event : unionOf([event, z.null()]);
}

function bindingSchema(binding: Binding, scope: Scope): z.ZodType {
  if (Array.isArray(binding)) return tupleOf(binding.map((part) => bindingSchema(part, scope)));
  if (!isJsonObject(binding)) return z.literal(binding as string | number | boolean | null);
  if (isLiteral(binding)) return literalSchema(binding.$lit);
  if (isCode(binding) || isSecret(binding)) return z.unknown();
  const path = pathOf(binding);
  if (path) return pathSchema(binding, path, scope);
  return z.strictObject(mapValues(binding, (part) => bindingSchema(part, scope)));
}

/** What is known about a part of a value counts before what is known about the whole. */
function pathSchema(binding: Binding, path: Path, scope: Scope): z.ZodType {
  for (let length = path.length; scope.known.size > 0 && length >= 0; length -= 1) {
    const known = scope.known.get(canonicalJson(withPath(binding, path.slice(0, length))));
    if (known) return partSchema(known, path.slice(length));
  }
  return passedSchema(partSchema(sourceSchema(binding, scope), path));
}

function sourceSchema(binding: Binding, scope: Scope): z.ZodType {
  if (isRef(binding)) return scope.outputs.get(binding.$ref) ?? z.unknown();
  if (isItem(binding)) return scope.items.get(binding.$item) ?? z.unknown();
  if (isParam(binding)) return scope.params;
  if (!isOrElse(binding)) return z.unknown();
  const [value, fallback] = binding.$orElse;
  return unionOf([presentSchema(bindingSchema(value, scope)), bindingSchema(fallback, scope)]);
}

function pathOf(binding: Binding): Path | undefined {
  if (isParam(binding)) return binding.$param;
  return isRef(binding) || isItem(binding) || isOrElse(binding) ? binding.path : undefined;
}

function withPath(binding: Binding, path: Path): Binding {
  if (isParam(binding)) return { $param: path };
  return { ...(binding as { readonly [key: string]: Json }), path };
}

function literalSchema(value: Json): z.ZodType {
  if (Array.isArray(value)) return tupleOf(value.map(literalSchema));
  if (isJsonObject(value)) return z.strictObject(mapValues(value, literalSchema));
  return z.literal(value as string | number | boolean | null);
}

function tupleOf(parts: readonly z.ZodType[]): z.ZodType {
  return z.tuple(parts as [z.ZodType, ...z.ZodType[]]);
}

function mapValues(value: { readonly [key: string]: Json }, change: (part: Json) => z.ZodType) {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part)]));
}

function withItem(id: string, item: z.ZodType, scope: Scope): Scope {
  return { ...scope, items: new Map(scope.items).set(id, item) };
}

function knowing(binding: Binding, schema: z.ZodType, scope: Scope): Scope {
  return { ...scope, known: new Map(scope.known).set(canonicalJson(binding), schema) };
}

function sameSchema(a: z.ZodType, b: z.ZodType): boolean {
  return canonicalJson(settledJsonSchema(a)) === canonicalJson(settledJsonSchema(b));
}
