import type { z } from 'zod';
import { isSecretSchema } from '../secret.js';
import { DiagnosticCode } from './diagnostic.js';

/** Something in a schema that cannot stand at an edge. */
export interface EdgeProblem {
  readonly code: DiagnosticCode;
  /** Where in the value, as `rows[].when`; empty for the value as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint: string;
}

/** Params go into a run and stand in its history, as outputs do. */
export type EdgeSide = 'input' | 'output' | 'params';

/**
 * Checks that every value of a schema is JSON and comes through an edge as it was. Codecs may stand at an edge: their
 * JSON side is what travels.
 */
export function checkEdgeSchema(schema: z.ZodType, side: EdgeSide): readonly EdgeProblem[] {
  const visit: Visit = { side, seen: new Set(), problems: [] };
  visitSchema(schema, '', visit);
  return visit.problems;
}

interface Visit {
  readonly side: EdgeSide;
  readonly seen: Set<z.core.$ZodType>;
  readonly problems: EdgeProblem[];
}

// A ref has no property of these names: runtimes and tools ask any object for them.
const RESERVED_KEYS = new Set([
  'then',
  'toJSON',
  'constructor',
  'toString',
  'valueOf',
  'asymmetricMatch',
  'nodeType',
  '$$typeof',
]);

/** The kinds of schema and what each means at an edge. A kind that is not here does not compile. */
function visitSchema(schema: z.core.$ZodType, path: string, visit: Visit): void {
  if (visit.seen.has(schema)) return;
  visit.seen.add(schema);
  if (isSecretSchema(schema)) {
    if (visit.side !== 'input') report(visit, path, visit.side === 'params' ? SECRET_PARAM : SECRET_OUTPUT);
    return;
  }
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = (part: z.core.$ZodType, at = path) => visitSchema(part, at, visit);
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
      if ('coerce' in def && def.coerce) report(visit, path, coerced(def.type));
      return;
    case 'null':
    case 'never':
    case 'enum':
    case 'template_literal':
      return;
    case 'any':
    case 'unknown':
      if (visit.side === 'output') report(visit, path, untyped(def.type));
      return;
    case 'custom':
      if (visit.side === 'output') report(visit, path, untyped('custom'));
      return;
    case 'object':
      visitObject(def, path, visit);
      return;
    case 'array':
      inner(def.element, `${path}[]`);
      return;
    case 'tuple':
      for (const [index, item] of def.items.entries()) inner(item, `${path}[${index}]`);
      if (def.rest) inner(def.rest, `${path}[]`);
      return;
    case 'record':
      inner(def.valueType, `${path}{}`);
      return;
    case 'union':
      for (const option of def.options) inner(option);
      return;
    case 'intersection':
      inner(def.left);
      inner(def.right);
      return;
    case 'nullable':
    case 'optional':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
      inner(def.innerType);
      return;
    case 'lazy':
      inner(def.getter());
      return;
    case 'pipe':
      visitPipe(def, path, visit);
      return;
    case 'literal':
      for (const value of def.values) checkLiteral(value, path, visit);
      return;
    case 'transform':
    case 'catch':
    case 'success':
      report(visit, path, oneWay(def.type));
      return;
    case 'date':
    case 'bigint':
    case 'map':
    case 'set':
    case 'nan':
    case 'symbol':
    case 'undefined':
    case 'void':
    case 'file':
    case 'function':
    case 'promise':
      report(visit, path, notJson(def.type));
      return;
    default:
      unknownKind(def);
  }
}

function visitObject(def: z.core.$ZodObjectDef, path: string, visit: Visit): void {
  for (const [key, part] of Object.entries(def.shape)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (visit.side === 'output' && RESERVED_KEYS.has(key)) report(visit, at, reservedKey(key));
    visitSchema(part, at, visit);
  }
  if (def.catchall) visitSchema(def.catchall, `${path}{}`, visit);
}

function visitPipe(def: z.core.$ZodPipeDef, path: string, visit: Visit): void {
  visitSchema(def.in, path, visit);
  const isCodec = def.transform !== undefined && def.reverseTransform !== undefined;
  if (!isCodec) visitSchema(def.out, path, visit);
}

function checkLiteral(value: unknown, path: string, visit: Visit): void {
  const isJson = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  if (!isJson) report(visit, path, { ...notJson(typeof value), message: `a literal ${typeof value} is not JSON` });
}

type Found = Pick<EdgeProblem, 'code' | 'message' | 'hint'>;

function report(visit: Visit, path: string, found: Found): void {
  visit.problems.push({ path, ...found });
}

const SECRET_PARAM: Found = {
  code: DiagnosticCode.SecretParam,
  message: 'a secret would stand in the history of each run, where anyone can read it',
  hint: "Give the step secret('NAME'): the worker takes it from its environment.",
};

const SECRET_OUTPUT: Found = {
  code: DiagnosticCode.SecretOutput,
  message: 'a secret would be kept with the output, where anyone can read it',
  hint: "Return what the step did with it; a later step takes secret('NAME') itself.",
};

function oneWay(type: string): Found {
  return {
    code: DiagnosticCode.EdgeTransform,
    message: `z.${type}() works one way only, and a value at an edge goes both ways`,
    hint: 'Do it in the step, or use z.codec(…), which says the way back.',
  };
}

function coerced(type: string): Found {
  return {
    code: DiagnosticCode.EdgeTransform,
    message: `z.coerce.${type}() works one way only, and a value at an edge goes both ways`,
    hint: `Use z.${type}() and convert the value in the step.`,
  };
}

function untyped(type: string): Found {
  return {
    code: DiagnosticCode.AnyOutput,
    message: `an output of type z.${type}() says nothing about what the next step gets`,
    hint: 'Describe the value; z.json() takes any JSON.',
  };
}

function reservedKey(key: string): Found {
  return {
    code: DiagnosticCode.ReservedKey,
    message: `an output cannot have the property "${key}": a ref to it could not be read`,
    hint: 'Give the property another name.',
  };
}

const INSTEAD: Readonly<Record<string, string>> = {
  date: 'Use z.iso.datetime(), or a codec between it and a Date.',
  bigint: 'Use z.int(), z.string(), or a codec between one of them and a bigint.',
  map: 'Use z.record(…), or z.array(z.tuple([key, value])).',
  set: 'Use z.array(…).',
  nan: 'Use z.null() where there is no number.',
  undefined: 'Use z.null(), or .optional() on the property.',
  void: 'Return null and use z.null().',
  file: 'Keep the file as an artifact, and use artifactSchema.',
  promise: 'Await the value in the step.',
};

function notJson(type: string): Found {
  return {
    code: DiagnosticCode.EdgeType,
    message: `z.${type}() is not JSON, and edges carry JSON`,
    hint: INSTEAD[type] ?? 'Use a value that JSON can carry.',
  };
}

function unknownKind(def: never): never {
  throw new Error(`unknown kind of schema ${JSON.stringify((def as { readonly type?: unknown }).type)}`);
}
