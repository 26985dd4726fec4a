import { ts } from 'ts-morph';
// biome-ignore lint/suspicious/noImportCycles: an expression holds expressions, and so do the functions that walk it.
import { evaluateBinary } from './binary.js';
import { makeMap } from './call-map.js';
import { callMethod } from './call-method.js';
import { instanceOf } from './class.js';
import type { Env } from './env.js';
import type { Evaluator } from './evaluator.js';
import { propertyOf } from './pattern.js';
import { readingOf } from './reading.js';
import {
  ABSENT,
  elementOf,
  join,
  mayBeAbsent,
  PLAIN,
  REF,
  type StructureValue,
  structure,
  type Value,
} from './value.js';

/** What an expression is; reports the refs in it that stand where they cannot. */
export function evaluateExpression(evaluator: Evaluator, node: ts.Expression, env: Env): Value {
  if (ts.isIdentifier(node)) return evaluator.read(node.text, env);
  if (node.kind === ts.SyntaxKind.NullKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return ABSENT;
  if (ts.isPropertyAccessExpression(node)) return evaluateProperty(evaluator, node, env);
  if (ts.isElementAccessExpression(node)) return evaluateElement(evaluator, node, env);
  if (ts.isCallExpression(node)) return evaluateCall(evaluator, node, env);
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: 'function', node, env };
  if (ts.isObjectLiteralExpression(node)) return evaluateObject(evaluator, node, env);
  if (ts.isArrayLiteralExpression(node)) return evaluateList(evaluator, node.elements, env);
  if (ts.isBinaryExpression(node)) return evaluateBinary(evaluator, node, env);
  if (ts.isConditionalExpression(node)) return evaluateConditional(evaluator, node, env);
  if (ts.isClassExpression(node)) return { kind: 'class', node, env };
  if (node.kind === ts.SyntaxKind.ThisKeyword) return env.read('this') ?? PLAIN;
  if (ts.isNewExpression(node)) return evaluateNew(evaluator, node, env);
  if (isWrapper(node)) return evaluateWrapped(evaluator, node, env);
  return evaluateOther(evaluator, node, env);
}

/** Brackets and types change nothing, but after `!` nothing is absent any more. */
function evaluateWrapped(evaluator: Evaluator, node: ts.Expression & { expression: ts.Expression }, env: Env): Value {
  const value = evaluator.evaluate(node.expression, env);
  return ts.isNonNullExpression(node) && value.kind === 'optional-ref' ? REF : value;
}

/** Evaluates what decides a branch. */
export function evaluateCondition(evaluator: Evaluator, node: ts.Expression, env: Env): Value {
  const value = evaluator.evaluate(node, env);
  if (value.kind === 'ref') evaluator.report('ref-in-condition', node);
  return value;
}

function evaluateOther(evaluator: Evaluator, node: ts.Expression, env: Env): Value {
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.ExclamationToken) evaluateCondition(evaluator, node.operand, env);
    else refuse(evaluator, 'ref-in-arithmetic', node.operand, env);
  } else if (ts.isTypeOfExpression(node)) {
    refuse(evaluator, 'ref-in-typeof', node.expression, env);
  } else if (ts.isAwaitExpression(node)) {
    return refuse(evaluator, 'ref-awaited', node.expression, env);
  } else if (ts.isTemplateExpression(node)) {
    for (const span of node.templateSpans) refuse(evaluator, 'ref-in-template', span.expression, env);
  } else if (ts.isVoidExpression(node)) {
    evaluator.evaluate(node.expression, env);
    return ABSENT;
  } else if (ts.isDeleteExpression(node)) {
    refuseOwner(evaluator, node.expression, env);
  }
  return PLAIN;
}

/** Reports the ref whose property is to be changed. */
function refuseOwner(evaluator: Evaluator, node: ts.Expression, env: Env): void {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return;
  refuse(evaluator, 'ref-assigned', node.expression, env);
}

function evaluateNew(evaluator: Evaluator, node: ts.NewExpression, env: Env): Value {
  const callee = evaluator.evaluate(node.expression, env);
  const nodes = node.arguments ?? [];
  const args = evaluateArguments(evaluator, nodes, env);
  const made: Value = callee.kind === 'global' ? { kind: 'global', name: `new ${callee.name}` } : PLAIN;
  evaluator.noteCall(made, node, nodes.length > 0);
  refuseRead(evaluator, made, args, nodes);
  if (callee.kind === 'class') return evaluator.branch(() => instanceOf(evaluator, callee, args));
  if (made.kind === 'global' && made.name === 'new Map') return makeMap(args[0]);
  if (made.kind === 'global' && made.name === 'new Set') return structure([], args[0] ? elementOf(args[0]) : PLAIN);
  evaluator.callBack(args);
  return PLAIN;
}

/** Reports the refs that are given to a function which looks at them. */
function refuseRead(
  evaluator: Evaluator,
  callee: Value,
  args: readonly Value[],
  nodes: readonly ts.Expression[],
): void {
  // With a spread, arguments and their values do not stand at the same places.
  if (nodes.some(ts.isSpreadElement)) return;
  for (const [index, arg] of args.entries()) {
    const reading = readingOf(callee, arg, index);
    if (reading && !isMixed(arg)) evaluator.report(reading.code, nodes[index]!, reading.reader);
  }
}

function isMixed(value: Value): boolean {
  return value.kind === 'ref' && value.mixed === true;
}

function refuse(evaluator: Evaluator, code: Parameters<Evaluator['report']>[0], node: ts.Expression, env: Env): Value {
  const value = evaluator.evaluate(node, env);
  evaluator.reportUnlessMixed(value, code, node);
  return value;
}

function evaluateProperty(evaluator: Evaluator, node: ts.PropertyAccessExpression, env: Env): Value {
  const value = evaluator.evaluate(node.expression, env);
  if (value.kind === 'ref' && node.questionDotToken) evaluator.report('ref-in-chain', node.expression);
  const part = propertyOf(evaluator, value, node.name.text);
  evaluator.notePart(part, node);
  return inChain(node, value, part);
}

/** What is asked for with `?.` may not be there. */
function inChain(node: ts.Expression, of: Value, part: Value): Value {
  return ts.isOptionalChain(node) && of.kind !== 'ref' ? mayBeAbsent(part) : part;
}

function evaluateElement(evaluator: Evaluator, node: ts.ElementAccessExpression, env: Env): Value {
  const value = evaluator.evaluate(node.expression, env);
  const key = node.argumentExpression;
  refuse(evaluator, 'ref-as-index', key, env);
  if (value.kind === 'ref' && node.questionDotToken) evaluator.report('ref-in-chain', node.expression);
  // A number is a place of a tuple, unless the value's schema says that it is a list.
  if (ts.isStringLiteralLike(key) || ts.isNumericLiteral(key))
    return inChain(node, value, propertyOf(evaluator, value, key.text));
  return mayBeAbsent(elementOf(value));
}

function evaluateCall(evaluator: Evaluator, node: ts.CallExpression, env: Env): Value {
  const callee = node.expression;
  if (!ts.isPropertyAccessExpression(callee)) return callValue(evaluator, node, evaluator.evaluate(callee, env), env);
  const receiver = evaluator.evaluate(callee.expression, env);
  const method = propertyOf(evaluator, receiver, callee.name.text);
  if (receiver.kind !== 'structure' && receiver.kind !== 'plain') {
    if (receiver.kind === 'ref' && callee.questionDotToken) evaluator.report('ref-in-chain', callee.expression);
    return callValue(evaluator, node, method, env);
  }
  if (method.kind === 'step' || method.kind === 'package') return callValue(evaluator, node, method, env);
  return callMethod(evaluator, receiver, callee.name.text, evaluateArguments(evaluator, node.arguments, env));
}

function callValue(evaluator: Evaluator, node: ts.CallExpression, callee: Value, env: Env): Value {
  const args = evaluateArguments(evaluator, node.arguments, env);
  evaluator.reportUnlessMixed(callee, 'ref-called', node.expression);
  evaluator.noteCall(callee, node, args.length > 0);
  refuseRead(evaluator, callee, args, node.arguments);
  return evaluator.call(callee, args);
}

function evaluateArguments(evaluator: Evaluator, nodes: readonly ts.Expression[], env: Env): readonly Value[] {
  return nodes.flatMap((node) => {
    if (!ts.isSpreadElement(node)) return [evaluator.evaluate(node, env)];
    const list = refuse(evaluator, 'ref-spread', node.expression, env);
    return list.kind === 'structure' && list.properties.size > 0 ? [...list.properties.values()] : [elementOf(list)];
  });
}

function evaluateList(evaluator: Evaluator, nodes: readonly ts.Expression[], env: Env): Value {
  const hasSpread = nodes.some(ts.isSpreadElement);
  const values = evaluateArguments(evaluator, nodes, env);
  if (!hasSpread) return structure(values.map((value, index) => [String(index), value] as const));
  const [first = PLAIN, ...others] = values;
  return structure([], others.reduce(join, first));
}

function evaluateObject(evaluator: Evaluator, node: ts.ObjectLiteralExpression, env: Env): Value {
  const object = structure();
  object.depth = evaluator.depth;
  for (const property of node.properties) addProperty(evaluator, object, property, env);
  return object;
}

function addProperty(
  evaluator: Evaluator,
  object: StructureValue,
  property: ts.ObjectLiteralElementLike,
  env: Env,
): void {
  if (ts.isSpreadAssignment(property)) {
    const value = refuse(evaluator, 'ref-spread', property.expression, env);
    if (value.kind !== 'structure') return;
    for (const [key, part] of value.properties) object.properties.set(key, part);
    object.rest = join(object.rest, value.rest);
    return;
  }
  const key = propertyKey(evaluator, property.name, env);
  const value = propertyValue(evaluator, property, env);
  if (key === undefined) object.rest = join(object.rest, value);
  else object.properties.set(key, value);
}

function propertyKey(evaluator: Evaluator, name: ts.PropertyName, env: Env): string | undefined {
  if (!ts.isComputedPropertyName(name)) return name.text;
  refuse(evaluator, 'ref-as-index', name.expression, env);
  return ts.isStringLiteralLike(name.expression) ? name.expression.text : undefined;
}

function propertyValue(
  evaluator: Evaluator,
  property: Exclude<ts.ObjectLiteralElementLike, ts.SpreadAssignment>,
  env: Env,
): Value {
  if (ts.isPropertyAssignment(property)) return evaluator.evaluate(property.initializer, env);
  if (ts.isShorthandPropertyAssignment(property)) return evaluator.read(property.name.text, env);
  return ts.isMethodDeclaration(property) ? { kind: 'function', node: property, env } : PLAIN;
}

function evaluateConditional(evaluator: Evaluator, node: ts.ConditionalExpression, env: Env): Value {
  evaluateCondition(evaluator, node.condition, env);
  return evaluator.branch(() => join(evaluator.evaluate(node.whenTrue, env), evaluator.evaluate(node.whenFalse, env)));
}

type Wrapper =
  | ts.ParenthesizedExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.NonNullExpression
  | ts.TypeAssertion;

function isWrapper(node: ts.Expression): node is Wrapper {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node)
  );
}
