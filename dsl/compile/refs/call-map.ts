import type { Evaluator } from './evaluator.js';
import { elementOf, join, mayBeAbsent, PLAIN, type StructureValue, structure, type Value } from './value.js';

/** A `Map` with the entries of a list of pairs. */
export function makeMap(entries: Value | undefined): StructureValue {
  const pair = entries?.kind === 'structure' ? elementOf(entries) : PLAIN;
  return { ...structure([], pair), isMap: true };
}

/** What a method of a `Map` returns. */
export function callMap(evaluator: Evaluator, map: StructureValue, name: string, args: readonly Value[]): Value {
  const value = valueIn(map);
  switch (name) {
    case 'get':
      return mayBeAbsent(value);
    case 'set':
      map.rest = pairOf(map.rest === PLAIN ? (args[1] ?? PLAIN) : join(value, args[1] ?? PLAIN));
      return map;
    case 'values':
      return structure([], value);
    case 'entries':
      return structure([], pairOf(value));
    case 'forEach': {
      const [callback] = args;
      if (callback?.kind === 'function') evaluator.branch(() => evaluator.callFunction(callback, [value, PLAIN]));
      return PLAIN;
    }
    default:
      return PLAIN;
  }
}

function valueIn(map: StructureValue): Value {
  return map.rest.kind === 'structure' ? (map.rest.properties.get('1') ?? PLAIN) : PLAIN;
}

function pairOf(value: Value): Value {
  return structure([
    ['0', PLAIN],
    ['1', value],
  ]);
}
