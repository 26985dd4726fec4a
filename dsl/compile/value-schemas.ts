import { z } from 'zod';
import { type Binding, isItem, isLiteral, isOrElse, isParam, isRef, type Path } from '../../plan/binding.js';
import { isJsonObject } from '../../plan/json.js';
import { type Block, EXIT_ITEM, type PlanNode } from '../../plan/plan.js';
import { planNodesOf, visitNode } from '../../plan/visit.js';
import type { PipelineParts } from '../pipeline.js';
import type { Trace } from '../trace.js';
import { approvedSchema } from './approved-schema.js';
import { schemaAt, unionOf } from './schema-at.js';
import { defOf, isAlwaysThere, withoutMissing } from './schema-facts.js';

/** What the values of a traced pipeline can be, as far as the schemas of its steps and params say. */
export interface ValueSchemas {
  /** The schema of what a binding stands for; undefined where a path leads to what no value has. */
  of(binding: Binding): z.ZodType | undefined;
}

/** Reads the schemas of all values of a traced pipeline, each when it is asked for. */
export function valueSchemas(pipeline: Pick<PipelineParts, 'params'>, traced: Trace): ValueSchemas {
  return new Reader(pipeline.params, traced);
}

const UNKNOWN = z.unknown();

class Reader implements ValueSchemas {
  private readonly nodes: ReadonlyMap<string, PlanNode>;
  private readonly known = new Map<string, z.ZodType | undefined>();

  constructor(
    private readonly params: z.ZodType,
    private readonly traced: Trace,
  ) {
    this.nodes = new Map(planNodesOf(traced).map((node) => [node.id, node]));
  }

  of(binding: Binding): z.ZodType | undefined {
    if (Array.isArray(binding)) return this.list(binding);
    if (binding === null) return z.null();
    if (!isJsonObject(binding)) return z.literal(binding as z.core.util.Literal);
    if (isRef(binding)) return at(this.output(binding.$ref), binding.path);
    if (isParam(binding)) return schemaAt(this.params, binding.$param);
    if (isItem(binding)) return at(this.item(binding.$item), binding.path);
    if (isOrElse(binding)) return at(this.either(binding.$orElse), binding.path);
    if (isLiteral(binding) || Object.keys(binding).some((key) => key.startsWith('$'))) return UNKNOWN;
    return z.object(Object.fromEntries(Object.entries(binding).map(([key, part]) => [key, this.orUnknown(part)])));
  }

  private orUnknown(binding: Binding): z.ZodType {
    return this.of(binding) ?? UNKNOWN;
  }

  private list(parts: readonly Binding[]): z.ZodType {
    const items = parts.map((part) => this.orUnknown(part));
    return z.tuple(items as [z.ZodType, ...z.ZodType[]]);
  }

  private either([value, fallback]: readonly [Binding, Binding]): z.ZodType {
    const first = this.orUnknown(value);
    return isAlwaysThere(first) ? first : (unionOf([...withoutMissing(first), this.orUnknown(fallback)]) as z.ZodType);
  }

  private output(id: string): z.ZodType | undefined {
    if (!this.known.has(id)) {
      // What depends on itself, as the value of a reduce, is not known while it is being read.
      this.known.set(id, UNKNOWN);
      const node = this.nodes.get(id);
      this.known.set(id, node ? this.read(node) : UNKNOWN);
    }
    return this.known.get(id);
  }

  private read(node: PlanNode): z.ZodType | undefined {
    return visitNode<z.ZodType | undefined>(node, {
      step: ({ step }) => this.traced.steps.get(step)?.declaration.output ?? UNKNOWN,
      when: (n) => this.anyOf([n.then, n.else]),
      match: (n) => this.anyOf([...n.cases.map(({ block }) => block), ...(n.otherwise ? [n.otherwise] : [])]),
      present: (n) => this.anyOf([n.then, n.else]),
      map: (n) => z.array(n.minSuccess ? z.nullable(this.orUnknown(n.body.result)) : this.orUnknown(n.body.result)),
      reduce: (n) => unionOf([this.orUnknown(n.initial), this.orUnknown(n.body.result)]),
      pipeline: (n) => this.of(n.body.result),
      approval: ({ id }) => approvedSchema(this.traced.schemas.get(`node/${id}`) ?? z.null()),
      wait: ({ id, timeoutMs }) => waitSchema(this.traced.schemas.get(`node/${id}`), timeoutMs),
      sleep: () => z.null(),
      reject: () => z.never(),
    });
  }

  private anyOf(blocks: readonly Block[]): z.ZodType | undefined {
    return unionOf(blocks.map((block) => this.orUnknown(block.result)));
  }

  private item(id: string): z.ZodType | undefined {
    if (id === EXIT_ITEM) return exitSchema;
    const node = this.nodes.get(id);
    if (node?.kind === 'pipeline') return this.traced.schemas.get(`pipeline/${node.pipeline}`);
    if (node?.kind === 'map') return this.elementOf(node.over);
    if (node?.kind === 'reduce')
      return z.object({ value: this.output(id) ?? UNKNOWN, item: this.elementOf(node.over) });
    return UNKNOWN;
  }

  private elementOf(list: Binding): z.ZodType {
    const schema = this.orUnknown(list);
    const def = defOf(schema);
    if (def.type === 'tuple') return unionOf([...def.items, ...(def.rest ? [def.rest] : [])] as z.ZodType[]) ?? UNKNOWN;
    const element = schemaAt(schema, [0]);
    // Every item of a list is there; only an index may lead past its end.
    return element ? z.nonoptional(element) : UNKNOWN;
  }
}

function at(schema: z.ZodType | undefined, path: Path): z.ZodType | undefined {
  return schema && schemaAt(schema, path);
}

const exitSchema = z.object({ outcome: z.string(), value: z.json(), faults: z.array(z.json()) });

function waitSchema(event: z.ZodType | undefined, timeoutMs: number | null): z.ZodType {
  if (!event) return UNKNOWN;
  return timeoutMs === null ? event : z.nullable(event);
}
