import type { Binding, Path } from '../plan/binding.js';
import { type Misuse, type MisuseCode, misuse } from './misuse.js';
import type { Ref as RefCore } from './ref-core.js';

/**
 * A value that a run will have: the output of a step, a parameter, an item of a map. In a pipeline function there are
 * only these; properties of objects are refs again (`past.accepted`). Passing one to a step draws an edge.
 *
 * Properties are offered where they are sure to be there: of an object, those that all variants of a union have, the
 * places of a tuple. A value that may be `null` or absent has none; `present` and `orElse` lead to one that is there.
 * A list has neither places nor methods: `map` and `reduce` work on it.
 */
export type Ref<T> = RefCore<NotAny<T>> & RefFields<T>;

/** `any` would make every check of an edge pass. */
type NotAny<T> = 0 extends 1 & T ? unknown : T;

type RefFields<T> = [T] extends [Scalar]
  ? unknown
  : [T] extends [readonly unknown[]]
    ? Places<T>
    : [T] extends [object]
      ? string extends keyof T
        ? RecordFields<T>
        : Fields<T, keyof T & string>
      : unknown;

type Places<T extends readonly unknown[]> = number extends T['length']
  ? T extends readonly [unknown, ...unknown[]]
    ? Fields<T, keyof T & `${number}`>
    : unknown
  : Fields<T, keyof T & `${number}`>;

// Keys of their own parameter: a union is taken as a whole, and hovering a property shows its TSDoc.
type Fields<T, Keys extends keyof T> = { readonly [Key in Keys]-?: Ref<T[Key]> };

type RecordFields<T> = { readonly [Key in keyof T]-?: Ref<string extends Key ? T[Key] | undefined : T[Key]> };

type Scalar = string | number | boolean | null | undefined;

/** What may be passed where a step wants a `T`: the value itself, a ref to it, or a structure of both. */
export type Wire<T> = T | RefCore<T> | Parts<T>;

type Parts<T> = T extends Scalar | AnyFunction
  ? never
  : T extends readonly unknown[]
    ? Items<T>
    : T extends object
      ? { readonly [Key in keyof T]: Wire<T[Key]> }
      : never;

// A list is written out: a mapped type would be resolved at once, and never end for a type that contains itself.
type Items<T extends readonly unknown[]> = T extends readonly [] | readonly [unknown, ...unknown[]]
  ? { readonly [Key in keyof T]: Wire<T[Key]> }
  : RefCore<readonly T[number][]> | readonly Wire<T[number]>[];

type AnyFunction = (...parameters: never) => unknown;

/** The value type of a ref. */
export type ValueOf<R> = R extends RefCore<infer T> ? T : never;

const bindings = new WeakMap<object, Binding>();

/**
 * Makes a ref. `bind` gives the binding of the value at a path; properties of the ref are refs with a longer path.
 */
export function makeRef<T>(bind: (path: Path) => Binding, path: Path = []): Ref<T> {
  const binding = bind(path);
  const properties = new Map<string, Ref<unknown>>();
  const property = (key: string): Ref<unknown> => {
    const known = properties.get(key) ?? makeRef(bind, [...path, INDEX.test(key) ? Number(key) : key]);
    properties.set(key, known);
    return known;
  };
  const ref = new Proxy(Object.freeze({}), {
    get: (_, key) => readProperty(binding, property, key),
    has: (_, key) => refuse(binding, false, `"${String(key)}" in`, 'ref-in-comparison'),
    ownKeys: () => refuse(binding, [], 'spread or iteration', 'ref-spread'),
    set: (_, key) => refuse(binding, true, `assignment to "${String(key)}"`, 'ref-assigned'),
    deleteProperty: (_, key) => refuse(binding, true, `delete of "${String(key)}"`, 'ref-assigned'),
  });
  bindings.set(ref, binding);
  return ref as Ref<T>;
}

/** JavaScript asks for `tuple[0]` by the text `0`. */
const INDEX = /^(0|[1-9]\d*)$/;

/** The binding behind a ref, or undefined for anything else. */
export function bindingOf(value: unknown): Binding | undefined {
  return typeof value === 'object' && value !== null ? bindings.get(value) : undefined;
}

// `then` must be absent, or awaiting a ref would hang; the others are asked for by runtimes, loggers and test tools.
const ABSENT = new Set<string>(['then', 'toJSON', 'constructor', 'asymmetricMatch', '$$typeof', 'nodeType']);

function readProperty(binding: Binding, property: (key: string) => Ref<unknown>, key: string | symbol): unknown {
  if (key === Symbol.toPrimitive)
    return () => refuse(binding, '', 'arithmetic, comparison or a template string', 'ref-in-arithmetic');
  if (key === Symbol.iterator || key === Symbol.asyncIterator)
    return () => refuse(binding, [][Symbol.iterator](), 'iteration', 'ref-iterated');
  if (typeof key === 'symbol' || ABSENT.has(key)) return undefined;
  if (key === 'toString' || key === 'valueOf') return () => refuse(binding, '', `${key}()`, 'ref-in-template');
  return property(key);
}

let collect: ((mistake: Misuse) => void) | undefined;
/** A loop whose condition is a ref would never end if nothing were ever thrown. */
const MOST_COLLECTED = 100;
let collected = 0;

/** While a pipeline is traced by somebody who wants to hear of every mistake: refs that are misused go on. */
export function collectRefMisuse(report: (mistake: Misuse) => void): () => void {
  collect = report;
  collected = 0;
  return () => {
    collect = undefined;
  };
}

/** @param instead what the author's code gets, if it goes on */
function refuse<T>(binding: Binding, instead: T, use: string, code?: MisuseCode): T {
  const mistake = misuse(
    `${use} cannot work on the ref ${JSON.stringify(binding)}: it has no value yet`,
    'A pipeline function draws the graph before anything runs. Put the logic into a step, or use when or map.',
    code,
  );
  collected += 1;
  if (!collect || collected > MOST_COLLECTED) throw mistake;
  collect(mistake);
  return instead;
}
