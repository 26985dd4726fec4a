import { ts } from 'ts-morph';
import type { Definition } from '../definition.js';
import type { Place } from './diagnostic.js';
import { declaredIn } from './scope.js';
import { nodeAt, type SourceIndex, type SourceModule, type Target } from './source-index.js';

/** The call at a place: the innermost one whose callee covers it. */
export function callAt(index: SourceIndex, place: Place): ts.CallExpression | undefined {
  const module = index.modules.get(place.file);
  for (let at = module && nodeAt(module, place); at; at = at.parent) {
    if (ts.isCallExpression(at)) return at;
    if (ts.isFunctionLike(at) || ts.isStatement(at)) return undefined;
  }
  return undefined;
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
  if (ts.isElementAccessExpression(expression) || ts.isCallExpression(expression)) {
    return expressionTarget(index, module, expression.expression);
  }
  if (ts.isParenthesizedExpression(expression) || ts.isNonNullExpression(expression) || ts.isAsExpression(expression)) {
    return expressionTarget(index, module, expression.expression);
  }
  return undefined;
}

/** Top-level constants whose value is a call with this name as its first argument, as `step('load', …)`. */
export function declaredWithName(index: SourceIndex, name: string): readonly Target[] {
  return declaredByCalls(index, (call) => leadingTexts(call)[0] === name);
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
  const candidates = plain.length > 0 ? plain : declaredWithName(index, name);
  return candidates.length === 1 ? candidates[0] : undefined;
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
