import type { Evaluator } from './evaluator.js';
import { containsRef, PLAIN, REF, STEP, type Value } from './value.js';

type PackageValue = Extract<Value, { readonly kind: 'package' }>;

/** What a call of something a package exports returns. */
export function callPackage(evaluator: Evaluator, callee: PackageValue, args: readonly Value[]): Value {
  if (callee.specifier === 'pawl') return callPawl(evaluator, callee.name, args);
  evaluator.callBack(args);
  const exported = evaluator.packages.get(callee.specifier)?.[callee.name];
  // A function that is given a ref can only pass it to a step or hand it back.
  return isStep(exported) || args.some(containsRef) ? REF : PLAIN;
}

function callPawl(evaluator: Evaluator, name: string, args: readonly Value[]): Value {
  switch (name) {
    case 'step':
      return STEP;
    case 'typedStep':
      return { kind: 'step-maker' };
    case 'when':
      for (const way of args.slice(1, 3)) callWith(evaluator, way, []);
      return REF;
    case 'map':
      callWith(evaluator, args[1], [REF]);
      callWith(evaluator, keyOf(args[2]), [REF]);
      return REF;
    case 'reject':
      return REF;
    default:
      return PLAIN;
  }
}

function callWith(evaluator: Evaluator, callee: Value | undefined, args: readonly Value[]): void {
  if (callee?.kind === 'function') evaluator.callFunction(callee, args);
}

function keyOf(options: Value | undefined): Value | undefined {
  return options?.kind === 'structure' ? options.properties.get('key') : undefined;
}

function isStep(exported: unknown): boolean {
  return typeof exported === 'function' && 'stepName' in exported;
}
