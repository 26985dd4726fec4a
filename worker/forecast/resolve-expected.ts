import {
  type Binding,
  isDeferred,
  isItem,
  isOrElse,
  isParam,
  isRef,
  type OrElseBinding,
  type Path,
  type Quoted,
  valueAt,
} from '../../plan/binding.js';
import { canonicalJson } from '../../plan/canonical.js';
import { isJsonObject } from '../../plan/json.js';
import { certain, combine, type Expected, isKnown } from './expected.js';
import type { ExpectedFrame } from './expected-frame.js';

/** What the compared run recorded at a place of a node's input, and where it had that from. */
export interface Recorded {
  readonly value: Quoted;
  readonly binding: Binding;
}

/**
 * What a binding stands for, as far as it is known. Where it reads a node whose output is not known, and not kept either
 * (a light step's), the compared run tells: what it recorded at the same place of this node's input.
 *
 * @param recorded the input of this node in the compared run; undefined when it has none.
 */
export function resolveExpected(binding: Binding, frame: ExpectedFrame, recorded?: Recorded): Expected {
  if (Array.isArray(binding)) {
    const parts = binding.map((part, index) => resolveExpected(part, frame, partOf(recorded, index)));
    return combine(parts, (values) => [...values]);
  }
  if (!isJsonObject(binding)) return certain(binding);
  if (isRef(binding)) return read(frame.output(binding.$ref), binding.path, sameSource(binding, recorded));
  if (isParam(binding)) return read(frame.params, binding.$param, undefined);
  if (isItem(binding)) return read(frame.item(binding.$item), binding.path, sameSource(binding, recorded));
  if (isOrElse(binding)) return resolveOrElse(binding, frame, sameSource(binding, recorded));
  if (Object.keys(binding).some((key) => key.startsWith('$'))) return certain(binding);
  const names = Object.keys(binding);
  const parts = names.map((name) => resolveExpected(binding[name]!, frame, partOf(recorded, name)));
  return combine(parts, (values) => Object.fromEntries(names.map((name, index) => [name, values[index]!])));
}

function read(expected: Expected, path: Path, recorded: Recorded | undefined): Expected {
  if (isKnown(expected)) return { value: valueAt(expected.value, path), on: expected.on };
  return recorded === undefined ? expected : { value: recorded.value, on: expected.on };
}

function resolveOrElse({ $orElse: [value, fallback], path }: OrElseBinding, frame: ExpectedFrame, recorded?: Recorded) {
  const first = resolveExpected(value, frame);
  if (!isKnown(first)) return recorded === undefined ? first : { value: recorded.value, on: first.on };
  if (first.value !== null && !isDeferred(first.value)) return { value: valueAt(first.value, path), on: first.on };
  return combine([first, resolveExpected(fallback, frame)], ([one, other]) =>
    one === null ? valueAt(other!, path) : { $orElse: [one!, other!], path },
  );
}

/** What another node put out says nothing about this one. */
function sameSource(binding: Binding, recorded: Recorded | undefined): Recorded | undefined {
  return recorded && canonicalJson(recorded.binding) === canonicalJson(binding) ? recorded : undefined;
}

function partOf(recorded: Recorded | undefined, key: string | number): Recorded | undefined {
  const value = recorded && childOf(recorded.value, key);
  const binding = recorded && childOf(recorded.binding, key);
  return value === undefined || binding === undefined ? undefined : { value, binding };
}

function childOf(value: Quoted, key: string | number): Quoted | undefined {
  if (Array.isArray(value)) return value[key as number];
  if (!isJsonObject(value) || Object.keys(value).some((name) => name.startsWith('$'))) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A binding as people may read it, as `gate.passed`. */
export function describeBinding(binding: Binding): string {
  if (isRef(binding)) return [binding.$ref, ...binding.path].join('.');
  if (isParam(binding)) return ['params', ...binding.$param].join('.');
  if (isItem(binding)) return ['item', ...binding.path].join('.');
  if (isOrElse(binding)) return binding.$orElse.map(describeBinding).join(' or else ');
  return JSON.stringify(binding).slice(0, 60);
}
