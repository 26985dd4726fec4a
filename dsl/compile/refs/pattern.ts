import { isBuiltin } from 'node:module';
import { ts } from 'ts-morph';
import { staticMethod } from './class.js';
import type { Env } from './env.js';
import type { Evaluator } from './evaluator.js';
import { elementOf, join, mayBeAbsent, type PackageValue, PLAIN, REF, structure, type Value } from './value.js';

/** Declares the variables of a name or a destructuring pattern. */
export function bindPattern(evaluator: Evaluator, pattern: ts.BindingName, value: Value, env: Env): void {
  if (ts.isIdentifier(pattern)) env.declare(pattern.text, value, evaluator.depth);
  else if (ts.isArrayBindingPattern(pattern)) bindList(evaluator, pattern, value, env);
  else bindObject(evaluator, pattern, value, env);
}

/** A property of a value. */
export function propertyOf(evaluator: Evaluator, value: Value, name: string): Value {
  switch (value.kind) {
    case 'ref':
      return value;
    case 'optional-ref':
      return REF;
    case 'structure':
      // A list's length is no element of it, and what was not seen to be put in may not be there.
      return value.properties.get(name) ?? (name === 'length' ? PLAIN : mayBeAbsent(value.rest));
    case 'class':
      return staticMethod(value, name) ?? PLAIN;
    case 'module': {
      const target = evaluator.index.resolveExport(value.module, name);
      return target ? evaluator.valueOf(target) : PLAIN;
    }
    case 'package':
      return isWhole(value) ? { ...value, name } : PLAIN;
    case 'global':
      return { kind: 'global', name: `${value.name}.${name}` };
    default:
      return PLAIN;
  }
}

/** Node's own modules have their parts on their default export too. */
function isWhole({ specifier, name }: PackageValue): boolean {
  return name === '*' || (name === 'default' && isBuiltin(specifier));
}

function bindObject(evaluator: Evaluator, pattern: ts.ObjectBindingPattern, value: Value, env: Env): void {
  for (const element of pattern.elements) {
    bindPattern(evaluator, element.name, objectPart(evaluator, element, value, env), env);
  }
}

function objectPart(evaluator: Evaluator, element: ts.BindingElement, value: Value, env: Env): Value {
  if (element.dotDotDotToken) {
    if (value.kind === 'ref') evaluator.report('ref-spread', element.name);
    return value.kind === 'structure' ? value : PLAIN;
  }
  const key = element.propertyName ?? element.name;
  const name = ts.isIdentifier(key) || ts.isStringLiteralLike(key) ? key.text : undefined;
  const part = name === undefined ? elementOf(value) : propertyOf(evaluator, value, name);
  if (value.kind === 'ref' && element.initializer) evaluator.reportDefault(element.name);
  evaluator.notePart(part, element.name);
  return withDefault(evaluator, element, part, env);
}

function bindList(evaluator: Evaluator, pattern: ts.ArrayBindingPattern, value: Value, env: Env): void {
  if (value.kind === 'ref') evaluator.report('ref-iterated', pattern);
  for (const [index, element] of pattern.elements.entries()) {
    if (!ts.isBindingElement(element)) continue;
    const part = element.dotDotDotToken ? structure([], elementOf(value)) : propertyOf(evaluator, value, String(index));
    bindPattern(evaluator, element.name, withDefault(evaluator, element, part, env), env);
  }
}

function withDefault(evaluator: Evaluator, element: ts.BindingElement, value: Value, env: Env): Value {
  const { initializer } = element;
  if (!initializer || value.kind === 'ref') return value;
  const fallback = evaluator.branch(() => evaluator.evaluate(initializer, env));
  if (value.kind === 'absent') return fallback;
  return value.kind === 'optional-ref' ? REF : join(value, fallback);
}
