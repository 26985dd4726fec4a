import { isJsonObject, type Json } from '../../plan/json.js';

/** What a param takes, as far as the command line must know to read text; the pipeline's own schema decides. */
export type Shape =
  | { readonly kind: 'text' | 'boolean' | 'null' | 'any' }
  | { readonly kind: 'number'; readonly whole: boolean }
  | { readonly kind: 'choice'; readonly values: readonly Json[] }
  | { readonly kind: 'list'; readonly first: readonly Shape[]; readonly rest: Shape | null }
  | { readonly kind: 'object'; readonly fields: readonly Param[]; readonly others: Shape | null }
  | { readonly kind: 'either'; readonly of: readonly Shape[] };

/** A param of a pipeline, or a field of one. */
export interface Param {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  /** Absent when it has none. */
  readonly default?: Json;
  readonly description: string;
}

type JsonSchema = { readonly [key: string]: Json };

/** The params that a plan's JSON Schema tells of. */
export function paramsOf(schema: Json): readonly Param[] {
  const shape = new SchemaReader(isJsonObject(schema) ? schema : {}).read(schema);
  return shape.kind === 'object' ? shape.fields : [];
}

const ANY: Shape = { kind: 'any' };

class SchemaReader {
  /** References that are being read: a recursive schema is written as JSON. */
  private readonly open = new Set<string>();

  constructor(private readonly root: JsonSchema) {}

  read(schema: Json | undefined): Shape {
    if (!isJsonObject(schema)) return ANY;
    if (typeof schema.$ref === 'string') return this.follow(schema.$ref);
    if (schema.const !== undefined) return { kind: 'choice', values: [schema.const] };
    if (Array.isArray(schema.enum)) return { kind: 'choice', values: schema.enum };
    const ways = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(ways)) return either(ways.map((way) => this.read(way)));
    if (Array.isArray(schema.allOf)) return together(schema.allOf.map((part) => this.read(part)));
    const { type } = schema;
    return Array.isArray(type)
      ? either(type.map((each) => this.ofType(each, schema)))
      : this.ofType(type ?? null, schema);
  }

  private follow(reference: string): Shape {
    if (this.open.has(reference)) return ANY;
    this.open.add(reference);
    const target = reference
      .split('/')
      .slice(1)
      .reduce<Json | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), this.root);
    const shape = this.read(target);
    this.open.delete(reference);
    return shape;
  }

  private ofType(type: Json, schema: JsonSchema): Shape {
    if (type === 'string') return { kind: 'text' };
    if (type === 'boolean' || type === 'null') return { kind: type };
    if (type === 'number' || type === 'integer') return { kind: 'number', whole: type === 'integer' };
    if (type === 'array') return this.list(schema);
    return type === 'object' ? this.object(schema) : ANY;
  }

  private list({ prefixItems, items }: JsonSchema): Shape {
    const first = Array.isArray(prefixItems) ? prefixItems.map((item) => this.read(item)) : [];
    return { kind: 'list', first, rest: items === false ? null : this.read(items) };
  }

  private object({ properties, required, additionalProperties }: JsonSchema): Shape {
    const needed = Array.isArray(required) ? required : [];
    const fields = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, field]) =>
      this.field(name, field, needed.includes(name)),
    );
    const others = isJsonObject(additionalProperties) ? this.read(additionalProperties) : null;
    return { kind: 'object', fields, others };
  }

  private field(name: string, schema: Json, required: boolean): Param {
    const known = isJsonObject(schema) ? schema : {};
    const description = typeof known.description === 'string' ? known.description : '';
    const shape = this.read(schema);
    return { name, shape, required, description, ...(known.default === undefined ? {} : { default: known.default }) };
  }
}

/** One shape that takes what any of these takes. */
export function either(shapes: readonly Shape[]): Shape {
  const flat = shapes.flatMap((shape) => (shape.kind === 'either' ? shape.of : [shape]));
  return flat.length === 1 ? flat[0]! : { kind: 'either', of: flat };
}

function together(shapes: readonly Shape[]): Shape {
  const fields = shapes.flatMap((shape) => (shape.kind === 'object' ? shape.fields : []));
  return shapes.every(({ kind }) => kind === 'object') ? { kind: 'object', fields, others: null } : ANY;
}

/** The shapes of which one is meant. */
export function waysOf(shape: Shape): readonly Shape[] {
  return shape.kind === 'either' ? shape.of : [shape];
}

/** True for what a bare `--NAME` turns on. */
export function isSwitch(shape: Shape): boolean {
  return waysOf(shape).some(({ kind }) => kind === 'boolean');
}

/** The list that a shape is, or may be; undefined when there is none. */
export function listIn(shape: Shape): Extract<Shape, { kind: 'list' }> | undefined {
  return waysOf(shape).find((way): way is Extract<Shape, { kind: 'list' }> => way.kind === 'list');
}

/** What a value looks like on the command line, as `integer` or `a|b`. */
export function describeShape(shape: Shape): string {
  switch (shape.kind) {
    case 'number':
      return shape.whole ? 'integer' : 'number';
    case 'choice':
      return shape.values.map(valueText).join('|');
    case 'list':
      return shape.first.length > 0 ? 'json' : `${describeShape(shape.rest ?? ANY)}...`;
    case 'object':
    case 'any':
      return 'json';
    case 'boolean':
      return 'true|false';
    case 'either':
      return [...new Set(shape.of.map(describeShape))].join('|');
    default:
      return shape.kind;
  }
}

/** A value as one writes it in a flag: texts without quotes. */
export function valueText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
