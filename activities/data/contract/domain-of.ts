import type { z } from 'zod';
import type { ColumnContract, ColumnType, Rule, Scalar } from './contract.js';
import { readNumber } from './number-of.js';
import { readAll, refusal } from './refusal.js';
import { readText } from './text-of.js';

type Schema = z.core.$ZodType;

/** The values of a column, whatever wraps them. */
export interface Domain {
  readonly type: ColumnType;
  readonly zone: string | null;
  readonly nullable: boolean;
  readonly rules: ColumnContract['rules'];
}

type TypeName = z.core.$ZodTypeDef['type'];
type Readable = 'string' | 'number' | 'boolean' | 'enum' | 'literal' | 'union' | 'nullable' | 'template_literal';

const NESTED = 'A column holds one scalar: give each part a column of its own.';
const CHANGED = 'A contract checks data as it is stored and never changes it: convert it in a step before.';
const SCALAR = 'Say what the values are: z.int(), z.number(), z.string(), z.boolean(), timestamp(), z.enum([…]).';
const UNREADABLE = 'SQL cannot run a function of yours: use bounds, regex, enums or a row rule sql(…).';

// A type that zod adds does not compile here until it is in one of the two lists.
const ADVICE: Readonly<Record<Exclude<TypeName, Readable>, string>> = {
  int: 'Write z.int().',
  bigint: 'JSON has no bigint: write z.int(), which is checked to be within ±(2^53 - 1).',
  date: 'JSON has no Date: write timestamp() of pawl/ml, or z.iso.date() for days.',
  symbol: SCALAR,
  null: SCALAR,
  undefined: SCALAR,
  void: SCALAR,
  never: SCALAR,
  any: SCALAR,
  unknown: SCALAR,
  nan: SCALAR,
  file: SCALAR,
  function: SCALAR,
  object: NESTED,
  record: NESTED,
  array: NESTED,
  tuple: NESTED,
  map: NESTED,
  set: NESTED,
  intersection: 'Write the conditions on one schema: z.int().min(0).max(10).',
  optional: 'Put optional around the whole column.',
  nonoptional: 'Put nonoptional around the whole column.',
  default: 'Put default around the whole column.',
  readonly: 'Put readonly around the whole column.',
  prefault: 'Use .default(…), which fills a field that is missing in a request.',
  success: CHANGED,
  transform: CHANGED,
  catch: CHANGED,
  pipe: CHANGED,
  promise: CHANGED,
  lazy: 'Give the schema itself.',
  custom: UNREADABLE,
};

/** Reads what values a schema allows. @throws PawlError `InvalidPlan` for what SQL cannot check. */
export function readDomain(column: string, schema: Schema): Domain {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'string') return { ...readText(column, schema), nullable: false };
  if (def.type === 'number') return { ...readNumber(column, schema), zone: null, nullable: false };
  if (def.type === 'template_literal') return readTemplate(column, schema);
  refuseFunctions(column, schema);
  switch (def.type) {
    case 'boolean':
      return readBoolean(column, schema);
    case 'enum':
      return oneOf(column, Object.values(def.entries));
    case 'literal':
      return oneOf(column, def.values);
    case 'nullable':
      return { ...readDomain(column, def.innerType), nullable: true };
    case 'union':
      return readUnion(column, def.options);
    default:
      throw refusal(column, `a column cannot be ${nameOf(def.type)}`, adviceFor(def.type));
  }
}

function adviceFor(type: string): string {
  return (ADVICE as Readonly<Record<string, string>>)[type] ?? SCALAR;
}

function nameOf(type: string): string {
  const names: Readonly<Record<string, string>> = {
    pipe: 'a transform, preprocess, codec or pipe',
    custom: 'z.custom',
  };
  return names[type] ?? `z.${type}`;
}

function readBoolean(column: string, schema: Schema): Domain {
  const { def } = schema._zod as z.core.$ZodBooleanInternals;
  if (def.coerce) throw refusal(column, 'coerce changes the value', CHANGED);
  return { type: 'bool', zone: null, nullable: false, rules: [] };
}

/** Values listed one by one; null among them makes the column nullable. */
function oneOf(column: string, values: readonly z.util.Literal[]): Domain {
  const present = [...new Set(values.filter((value) => value !== null))];
  const type = typeOfValues(column, present);
  const rules: Rule[] = [{ rule: 'oneOf', values: present as Scalar[] }];
  return { type, zone: null, nullable: values.includes(null), rules };
}

function typeOfValues(column: string, values: readonly unknown[]): ColumnType {
  if (values.length > 0 && values.every((value) => typeof value === 'string')) return 'text';
  if (values.length > 0 && values.every((value) => typeof value === 'boolean')) return 'bool';
  if (values.length > 0 && values.every((value) => Number.isSafeInteger(value))) return 'int';
  if (values.length > 0 && values.every((value) => Number.isFinite(value))) return 'double';
  throw refusal(column, 'its values are not all texts, all numbers or all booleans', 'Give values of one kind.');
}

function readTemplate(column: string, schema: Schema): Domain {
  const pattern = schema._zod.pattern;
  if (!pattern) throw refusal(column, 'this template has no pattern', 'Write z.string().regex(…).');
  return { ...readText(column, schema, pattern), nullable: false };
}

function readUnion(column: string, options: readonly Schema[]): Domain {
  const nulls = options.filter((option) => option._zod.def.type === 'null');
  const domains = readAll(
    options.filter((option) => !nulls.includes(option)),
    (option) => readDomain(column, option),
  );
  const [first, ...others] = domains;
  if (!first) throw refusal(column, 'a column cannot be only null', SCALAR);
  const nullable = nulls.length > 0 || domains.some((domain) => domain.nullable);
  if (others.length === 0) return { ...first, nullable };
  const type = commonType(column, domains);
  return { type, zone: first.zone, nullable, rules: mergeRules(domains) };
}

function commonType(column: string, domains: readonly Domain[]): ColumnType {
  const types = new Set(domains.map((domain) => domain.type));
  const listed = domains.every((domain) => domain.rules[0]?.rule === 'oneOf');
  if (listed && types.size === 2 && types.has('int') && types.has('double')) return 'double';
  if (types.size === 1 && domains.every((domain) => domain.zone === domains[0]!.zone)) return domains[0]!.type;
  throw refusal(column, `a union of ${[...types].join(' and ')} cannot be one column`, 'Give it values of one kind.');
}

/** A union of lists of values is a longer list. */
function mergeRules(domains: readonly Domain[]): readonly Rule[] {
  const lists = domains.map(({ rules }) => (rules.length === 1 && rules[0]?.rule === 'oneOf' ? rules[0].values : null));
  if (lists.every((list) => list !== null)) return [{ rule: 'oneOf', values: [...new Set(lists.flat())] }];
  if (domains.some((domain) => domain.rules.length === 0)) return [];
  return [{ rule: 'anyOf', options: domains.map((domain) => domain.rules) }];
}

function refuseFunctions(column: string, schema: Schema): void {
  if ((schema._zod.def.checks ?? []).length === 0) return;
  throw refusal(column, 'refine, check and superRefine cannot run in SQL', UNREADABLE);
}
