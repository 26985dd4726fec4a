import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Binding,
  partOfBinding,
  plainValueAt,
  type Quoted,
  quote,
  refsOf,
  resolveBinding,
  type Scope,
  valueAt,
} from '../../plan/binding.js';
import { type Digest, digestOf } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import { jsonValue, path, pathsOf } from './arbitrary.js';

const empty: Scope = { params: {}, output: () => undefined, item: () => undefined };

/** The value a quoted value stands for. */
function unquote(value: Quoted): Json {
  if (Array.isArray(value)) return value.map(unquote);
  if (typeof value !== 'object' || value === null) return value;
  if ('$lit' in value) return value.$lit as Json;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unquote(part)]));
}

describe('bindings', () => {
  test('a quoted value reads no node and stays what it is when it is resolved', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(refsOf(quote(value))).toEqual([]);
        expect(resolveBinding(quote(value), empty)).toEqual(quote(value));
        expect(unquote(quote(value))).toEqual(value);
      }),
    );
  });

  test('a part of a quoted value is that part of the value', () => {
    const withPath = jsonValue.chain((value) =>
      fc.tuple(fc.constant(value), fc.oneof(path, fc.constantFrom(...pathsOf(value)))),
    );
    fc.assert(
      fc.property(withPath, ([value, at]) => {
        expect(unquote(valueAt(quote(value), at))).toEqual(plainValueAt(value, at));
      }),
    );
  });

  test('a longer path is two shorter ones', () => {
    fc.assert(
      fc.property(jsonValue, path, path, (value, first, second) => {
        expect(valueAt(quote(value), [...first, ...second])).toEqual(valueAt(valueAt(quote(value), first), second));
      }),
    );
  });

  test('refs, params and items give the parts of what the scope has', () => {
    fc.assert(
      fc.property(jsonValue, path, (value, at) => {
        const scope: Scope = { params: quote(value), output: () => quote(value), item: () => quote(value) };
        const part = valueAt(quote(value), at);
        const bindings: Json[] = [{ $ref: 'a', path: at }, { $item: 'm', path: at }, { $param: at }];
        for (const binding of bindings) {
          expect(resolveBinding({ x: [binding] }, scope)).toEqual({ x: [part] });
        }
      }),
    );
  });

  test('a path into a spilled value makes its path longer', () => {
    const spilled = { $spill: digestOf('x') as Digest, bytes: 9, path: ['rows'] };
    expect(valueAt(spilled, [0, 'id'])).toEqual({ ...spilled, path: ['rows', 0, 'id'] });
  });

  test('a node without a value is an error that names it', () => {
    expect(() => resolveBinding({ $ref: 'load', path: [] }, empty)).toThrow('node "load" before it has a value');
  });

  test('a part of a structure of bindings gives what the part of its value is', () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, path, (value, other, at) => {
        const scope: Scope = { params: quote(value), output: () => quote(other), item: () => quote(value) };
        const structure: Binding = { a: { $param: [] }, b: [{ $ref: 'n', path: [] }, quote(value)], c: quote(other) };
        for (const start of [['a'], ['b', 0], ['b', 1], ['c'], ['d'], []]) {
          const binding = partOfBinding(structure, [...start, ...at]);
          expect(resolveBinding(binding, scope)).toEqual(valueAt(resolveBinding(structure, scope), [...start, ...at]));
        }
      }),
    );
  });

  test('orElse gives the first value unless it is null, and the choice is put off while it cannot be seen', () => {
    const spilled = { $spill: digestOf('x'), bytes: 9, path: ['deep'] };
    fc.assert(
      fc.property(jsonValue, jsonValue, path, (value, fallback, at) => {
        const either: Binding = { $orElse: [{ $param: [] }, { $ref: 'n', path: [] }] as Binding[], path: at };
        const scopeOf = (params: Quoted): Scope => ({ ...empty, params, output: () => quote(fallback) });
        const chosen = value === null ? fallback : value;
        expect(resolveBinding(either, scopeOf(quote(value)))).toEqual(valueAt(quote(chosen), at));
        const undecided = resolveBinding(either, scopeOf(spilled));
        expect(undecided).toEqual({ $orElse: [spilled, quote(fallback)], path: at });
        expect(valueAt(undecided, ['x'])).toEqual({ $orElse: [spilled, quote(fallback)], path: [...at, 'x'] });
        expect(refsOf(either)).toEqual(['n']);
      }),
    );
  });
});
