import { ts } from 'ts-morph';
import type { Definition } from '../definition.js';
import type { Place } from './diagnostic.js';
import { declaredIn } from './scope.js';
import { nodeAt, type SourceIndex, type SourceModule, type Target } from './source-index.js';

/** The call at a place: the innermost one whose callee covers it. */
export function callAt(index: SourceIndex, place: Place): ts.CallExpression | undefined {
  const module = index.modules.get(place.file);
  for (let at = module && nodeAt(module, place); at; at = at.parent) {
    if (ts.isCallExpression(at)) return lastCall(at);
    if (ts.isFunctionLike(at) || ts.isStatement(at)) return undefined;
  }
  return undefined;
}

/** Of `make(1)(input)`, which begin at one place, the call of what the others return. */
function lastCall(call: ts.CallExpression): ts.CallExpression {
  const { parent } = call;
  return ts.isCallExpression(parent) && parent.expression === call ? lastCall(parent) : call;
}

/** The innermost statement around a place, or the expression that an arrow function there returns. */
export function statementAt(index: SourceIndex, place: Place): ts.Node | undefined {
  const module = index.modules.get(place.file);
  for (let at = module && nodeAt(module, place); at; at = at.parent) {
    if (ts.isStatement(at) || (at.parent && ts.isArrowFunction(at.parent) && at.parent.body === at)) return at;
  }
  return undefined;
}

/** The top-level declaration a call's callee leads to; undefined when it is a local variable. */
export function calleeTarget(index: SourceIndex, call: ts.CallExpression): Target | undefined {
  const module = index.modules.get(call.getSourceFile().fileName);
  return module && expressionTarget(index, module, call.expression);
}

/** The top-level declaration an expression begins with: `steps.load` leads to `load` if `steps` is a module. */
export function expressionTarget(
  index: SourceIndex,
  module: SourceModule,
  expression: ts.Expression,
): Target | undefined {
  if (ts.isIdentifier(expression)) {
    return isShadowed(expression) ? undefined : index.resolve(module, expression.text);
  }
  if (ts.isPropertyAccessExpression(expression)) {
    const target = expressionTarget(index, module, expression.expression);
    if (target?.kind === 'module') return index.resolveExport(target.module, expression.name.text);
    if (target?.kind === 'package' && target.name === '*') return { ...target, name: expression.name.text };
    return target;
  }
  if (ts.isElementAccessExpression(expression)) return expressionTarget(index, module, expression.expression);
  // What a call returns depends on what it is given, which a declaration does not show.
  if (ts.isCallExpression(expression) && expression.arguments.length === 0) {
    return expressionTarget(index, module, expression.expression);
  }
  if (ts.isParenthesizedExpression(expression) || ts.isNonNullExpression(expression) || ts.isAsExpression(expression)) {
    return expressionTarget(index, module, expression.expression);
  }
  return undefined;
}

/**
 * The constant that is the step of this name, as `const load = step('load', …)`; undefined when another call could have
 * made it as well.
 */
export function declaredStep(index: SourceIndex, makers: readonly ts.CallExpression[], name: string) {
  const possible = makers.filter((call) => (leadingTexts(call)[0] ?? name) === name);
  return possible.length === 1 ? declaredByCalls(index, (call) => call === possible[0])[0] : undefined;
}

/** All calls that make a step, wherever they are. */
export function stepMakers(index: SourceIndex): readonly ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    // `typedStep()` makes what makes the step.
    if (ts.isCallExpression(node) && node.arguments.length > 0 && isPawlCall(index, node, STEP_MAKERS))
      found.push(node);
    ts.forEachChild(node, visit);
  };
  for (const module of index.modules.values()) if (!module.data) visit(module.tree);
  return found;
}

/**
 * The declaration of a definition in the local modules, as `model('delay-net', …)` or `define('model', 'delay-net', …)`;
 * undefined when it is not plain which one it is.
 */
export function definitionTarget(index: SourceIndex, { kind, name }: Definition): Target | undefined {
  const plain = declaredByCalls(index, (call) => {
    const [first, second] = leadingTexts(call);
    return first === kind ? second === name : first === name && calleeName(call) === kind;
  });
  const named = (call: ts.CallExpression) => leadingTexts(call)[0] === name && !isPawlCall(index, call, NO_DEFINITIONS);
  const candidates = plain.length > 0 ? plain : declaredByCalls(index, named);
  return candidates.length === 1 ? candidates[0] : undefined;
}

const STEP_MAKERS: ReadonlySet<string> = new Set(['step', 'typedStep']);
const NO_DEFINITIONS: ReadonlySet<string> = new Set([...STEP_MAKERS, 'pipeline']);

function isPawlCall(index: SourceIndex, call: ts.CallExpression, names: ReadonlySet<string>): boolean {
  const target = calleeTarget(index, call);
  return target?.kind === 'package' && target.specifier === 'pawl' && names.has(target.name);
}

function declaredByCalls(index: SourceIndex, accept: (call: ts.CallExpression) => boolean): readonly Target[] {
  return [...index.modules.values()].flatMap((module) =>
    [...module.declarations].flatMap(([variable, node]) => {
      const value = ts.isVariableDeclaration(node) ? node.initializer : undefined;
      const accepted = value && ts.isCallExpression(value) && accept(value);
      return accepted ? [{ kind: 'local', module, name: variable, node } as const] : [];
    }),
  );
}

function isShadowed(name: ts.Identifier): boolean {
  for (let at: ts.Node | undefined = name.parent; at && !ts.isSourceFile(at); at = at.parent) {
    if (declaredIn(at).has(name.text)) return true;
  }
  return false;
}

/** The first arguments of a call that are plain texts, at most two. */
function leadingTexts(call: ts.CallExpression): readonly (string | undefined)[] {
  return call.arguments.slice(0, 2).map((argument) => (ts.isStringLiteralLike(argument) ? argument.text : undefined));
}

function calleeName(call: ts.CallExpression): string | undefined {
  return ts.isIdentifier(call.expression) ? call.expression.text : undefined;
}
