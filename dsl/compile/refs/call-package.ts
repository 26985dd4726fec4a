import { isPipeline } from '../../pipeline.js';
import type { Evaluator } from './evaluator.js';
import { ABSENT, containsRef, isRefLike, type PackageValue, PLAIN, REF, STEP, type Value } from './value.js';

/** What a call of something a package exports returns. */
export function callPackage(evaluator: Evaluator, callee: PackageValue, args: readonly Value[]): Value {
  if (callee.specifier === 'pawl') return callPawl(evaluator, callee.name, args);
  evaluator.callBack(args);
  const exported = evaluator.packages.get(callee.specifier)?.[callee.name];
  if (isStep(exported) || isPipeline(exported)) return REF;
  // A function that is given a ref can only pass it to a step or hand it back; of an object it may take the rest.
  const isGiven = callee.specifier.startsWith('pawl/') ? containsRef : isRefLike;
  return args.some(isGiven) ? REF : PLAIN;
}

function callPawl(evaluator: Evaluator, name: string, args: readonly Value[]): Value {
  switch (name) {
    case 'step':
    case 'pipeline':
      return STEP;
    case 'typedStep':
      return { kind: 'step-maker' };
    case 'onExit':
      draw(evaluator, name, args[0], [REF]);
      return ABSENT;
    default:
      for (const { way, given } of blocksOf(name, args)) draw(evaluator, name, way, given);
      return CONTROLS.has(name) ? REF : PLAIN;
  }
}

/** What of Pawl returns a ref. */
const CONTROLS = new Set([
  'when',
  'match',
  'present',
  'orElse',
  'collect',
  'map',
  'reduce',
  'approval',
  'waitFor',
  'sleep',
  'reject',
  'secret',
]);

interface DrawnBlock {
  readonly way: Value | undefined;
  readonly given: readonly Value[];
}

/** The functions among a control's arguments, and what they are called with. */
function blocksOf(name: string, [, first, second, third]: readonly Value[]): readonly DrawnBlock[] {
  switch (name) {
    case 'when':
      return [first, second].map((way) => ({ way, given: [] }));
    case 'present':
      return [
        { way: first, given: [REF] },
        { way: second, given: [] },
      ];
    case 'match': {
      // Of a text or a number there are no properties to name: its cases come first.
      const [cases, options] = first?.kind === 'structure' ? [first, second] : [second, third];
      return [...waysOf(cases).map((way) => ({ way, given: [REF] })), { way: option(options, 'otherwise'), given: [] }];
    }
    case 'map':
      return [
        { way: first, given: [REF] },
        { way: option(second, 'key'), given: [REF] },
      ];
    case 'reduce':
      return [
        { way: second, given: [REF, REF] },
        { way: option(third, 'key'), given: [REF] },
      ];
    default:
      return [];
  }
}

function waysOf(cases: Value | undefined): readonly Value[] {
  return cases?.kind === 'structure' ? [...cases.properties.values(), cases.rest] : [];
}

function option(options: Value | undefined, name: string): Value | undefined {
  return options?.kind === 'structure' ? options.properties.get(name) : undefined;
}

function draw(evaluator: Evaluator, control: string, way: Value | undefined, given: readonly Value[]): void {
  if (way?.kind !== 'function') return;
  evaluator.refuseAsync(way, `the function given to ${control}`);
  evaluator.callFunction(way, given);
}

function isStep(exported: unknown): boolean {
  return typeof exported === 'function' && 'stepName' in exported;
}
