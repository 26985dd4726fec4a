import type { Evaluator } from './evaluator.js';
import { elementOf, join, PLAIN, structure, type Value } from './value.js';

/** What a call of something that JavaScript has everywhere returns. */
export function callGlobal(evaluator: Evaluator, name: string, args: readonly Value[]): Value {
  const [first = PLAIN, second] = args;
  switch (name) {
    case 'Object.values':
      return structure([], elementOf(first));
    case 'Object.entries':
      return structure([], pair(elementOf(first)));
    case 'Object.fromEntries':
      return structure([], second === undefined ? valueOfPair(elementOf(first)) : PLAIN);
    case 'Object.assign':
      return structure([], args.map(elementOf).reduce(join, PLAIN));
    case 'Object.freeze':
      return first;
    case 'Array.from':
      return structure([], second?.kind === 'function' ? callEach(evaluator, second, first) : elementOf(first));
    default:
      evaluator.callBack(args);
      return PLAIN;
  }
}

function callEach(evaluator: Evaluator, callback: Extract<Value, { kind: 'function' }>, list: Value): Value {
  return evaluator.branch(() => evaluator.callFunction(callback, [elementOf(list), PLAIN]));
}

function pair(value: Value): Value {
  return structure([
    ['0', PLAIN],
    ['1', value],
  ]);
}

function valueOfPair(value: Value): Value {
  return value.kind === 'structure' ? (value.properties.get('1') ?? value.rest) : PLAIN;
}
