import { ts } from 'ts-morph';
import { callMap } from './call-map.js';
import type { Evaluator } from './evaluator.js';
import {
  elementOf,
  type FunctionValue,
  join,
  mayBeAbsent,
  PLAIN,
  type StructureValue,
  structure,
  type Value,
} from './value.js';

/** What a method of the author's own lists and objects returns. */
export function callMethod(evaluator: Evaluator, receiver: Value, name: string, args: readonly Value[]): Value {
  if (receiver.kind === 'structure' && receiver.properties.get(name)?.kind === 'function') {
    return evaluator.call(receiver.properties.get(name)!, args);
  }
  if (receiver.kind === 'structure' && receiver.isMap) return callMap(evaluator, receiver, name, args);
  const list = receiver.kind === 'structure' ? receiver : structure();
  const element = elementOf(list);
  const each = () => evaluator.branch(() => callEach(evaluator, args[0], element));
  const decide = () => {
    const decision = each();
    if (decision.kind === 'ref' && args[0]?.kind === 'function') evaluator.report('ref-in-condition', bodyOf(args[0]));
  };
  switch (name) {
    case 'map':
    case 'flatMap':
      return structure([], flattened(name, each()));
    case 'values':
      return structure([], element);
    case 'push':
    case 'unshift':
    case 'add':
      for (const value of args) list.rest = joinElement(list, value);
      return PLAIN;
    case 'reduce':
    case 'reduceRight':
      return evaluator.branch(() => reduce(evaluator, args, element));
    case 'filter':
    case 'slice':
    case 'concat':
    case 'reverse':
    case 'sort':
      if (name === 'filter') decide();
      else each();
      return structure(
        [],
        args
          .filter(({ kind }) => kind === 'structure')
          .map(elementOf)
          .reduce(join, element),
      );
    case 'find':
    case 'findLast':
      decide();
      return mayBeAbsent(element);
    case 'at':
    case 'pop':
    case 'shift':
      return mayBeAbsent(element);
    case 'some':
    case 'every':
    case 'findIndex':
    case 'findLastIndex':
      decide();
      return PLAIN;
    case 'forEach':
      each();
      return PLAIN;
    default:
      // A method nobody knows, as a schema's `refine`, may call it later or not at all.
      evaluator.perhaps(each);
      evaluator.callBack(args.slice(1));
      return PLAIN;
  }
}

/** What a function returns, where that is all that it does. */
function bodyOf({ node }: FunctionValue): ts.Node {
  return node.body && !ts.isBlock(node.body) ? node.body : node;
}

function callEach(evaluator: Evaluator, callback: Value | undefined, element: Value): Value {
  return callback?.kind === 'function' ? evaluator.callFunction(callback, [element, PLAIN, PLAIN]) : PLAIN;
}

function reduce(evaluator: Evaluator, args: readonly Value[], element: Value): Value {
  const [callback, first = element] = args;
  if (callback?.kind !== 'function') return PLAIN;
  // Twice, because the second round gets what the first one returned.
  const once = join(first, evaluator.callFunction(callback, [first, element, PLAIN, PLAIN]));
  return join(once, evaluator.callFunction(callback, [once, element, PLAIN, PLAIN]));
}

function flattened(name: string, value: Value): Value {
  return name === 'flatMap' && value.kind === 'structure' ? elementOf(value) : value;
}

function joinElement(list: StructureValue, value: Value): Value {
  return list.rest === PLAIN ? value : join(list.rest, value);
}
