import { type Binding, quote } from '../plan/binding.js';
import { isJsonObject, type Json } from '../plan/json.js';
import { type Definition, isDefinition } from './definition.js';
import { type Misuse, misuse } from './misuse.js';
import { bindingOf } from './ref.js';

export interface BindContext {
  report(mistake: Misuse): void;
  /** How a plan names a definition. */
  definition(value: Definition): Binding;
}

/** Turns what an author passed into a binding. What is no JSON is reported with its place in the value. */
export function bindValue(value: unknown, context: BindContext): Binding {
  return value === undefined ? null : bindPart(value, { ...context, around: [], path: '' });
}

interface Part extends BindContext {
  /** The objects that this one is in. */
  readonly around: readonly object[];
  /** Where it is in the whole value, as `rows[2].when`; empty for the whole. */
  readonly path: string;
}

function bindPart(value: unknown, part: Part): Binding {
  const binding = bindingOf(value);
  if (binding !== undefined) return binding;
  if (isDefinition(value)) return part.definition(value);
  if (!Array.isArray(value) && !isPlain(value)) return quote(jsonScalar(value, part));
  if (part.around.includes(value)) return notJson('an object that holds itself', part);
  const around = [...part.around, value];
  if (!Array.isArray(value)) return bindObject(value, { ...part, around });
  // Not map, which would leave out the holes of a list.
  return Array.from(value, (item, index) => bindPart(item, { ...part, around, path: `${part.path}[${index}]` }));
}

function bindObject(value: object, part: Part): Binding {
  const parts = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const inside = (key: string) => (part.path === '' ? key : `${part.path}.${key}`);
  const bound = Object.fromEntries(parts.map(([key, inner]) => [key, bindPart(inner, { ...part, path: inside(key) })]));
  if (!Object.keys(bound).some((key) => key.startsWith('$'))) return bound;
  const text = JSON.stringify(bound);
  if (isJsonObject(bound) && /"\$(ref|param|item|code|secret|orElse)":/.test(text)) {
    part.report(misuse('an input object has both a key that begins with "$" and a ref', 'Rename the key.'));
  }
  return { $lit: bound };
}

function jsonScalar(value: unknown, part: Part): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return notJson(described(value), part, adviceFor(value));
}

function notJson(what: string, { path, report }: Part, hint = JSON_HINT): null {
  const at = path === '' ? '' : ` at ${path}`;
  report(misuse(`${what}${at} cannot be an input: edges carry JSON`, hint, 'not-json'));
  return null;
}

const JSON_HINT = 'Pass strings, finite numbers, booleans, null, lists and plain objects.';

function described(value: unknown): string {
  if (typeof value === 'function') return 'stepName' in value ? `the step "${value.stepName}"` : 'a function';
  if (typeof value === 'object') return `a ${value?.constructor?.name ?? 'object'}`;
  if (value === undefined) return 'undefined';
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}

function adviceFor(value: unknown): string {
  if (typeof value === 'function') return 'Call a step and pass what it returns; other functions belong into a step.';
  if (value instanceof Date) return 'Pass date.toISOString(), or take the date in the step from ctx.run.nominalTime.';
  if (value instanceof Map || value instanceof Set) return 'Pass a list: [...value].';
  if (typeof value === 'bigint') return 'Pass a string, or a number within ±(2^53 - 1).';
  if (value === undefined) return 'Pass null where there is nothing.';
  return JSON_HINT;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
