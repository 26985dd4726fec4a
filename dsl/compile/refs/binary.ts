import { ts } from 'ts-morph';
import type { Env } from './env.js';
import type { Evaluator } from './evaluator.js';
// biome-ignore lint/suspicious/noImportCycles: an expression holds expressions, and so do the functions that walk it.
import { evaluateCondition } from './expression.js';
import { refBeforeFallback } from './misuse.js';
import { ABSENT, join, mayBeAbsent, PLAIN, REF, type Value } from './value.js';

const { SyntaxKind } = ts;

const COMPARISONS = new Set<ts.SyntaxKind>([
  SyntaxKind.EqualsEqualsToken,
  SyntaxKind.EqualsEqualsEqualsToken,
  SyntaxKind.ExclamationEqualsToken,
  SyntaxKind.ExclamationEqualsEqualsToken,
  SyntaxKind.LessThanToken,
  SyntaxKind.LessThanEqualsToken,
  SyntaxKind.GreaterThanToken,
  SyntaxKind.GreaterThanEqualsToken,
  SyntaxKind.InKeyword,
  SyntaxKind.InstanceOfKeyword,
]);

const CHOICES = new Set<ts.SyntaxKind>([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
]);

const CHOICE_ASSIGNMENTS = new Set<ts.SyntaxKind>([
  SyntaxKind.AmpersandAmpersandEqualsToken,
  SyntaxKind.BarBarEqualsToken,
  SyntaxKind.QuestionQuestionEqualsToken,
]);

/** What an expression with two operands is. */
export function evaluateBinary(evaluator: Evaluator, node: ts.BinaryExpression, env: Env): Value {
  const operator = node.operatorToken.kind;
  if (operator === SyntaxKind.EqualsToken) return assign(evaluator, node, evaluator.evaluate(node.right, env), env);
  if (CHOICES.has(operator)) return evaluateChoice(evaluator, node, env);
  if (CHOICE_ASSIGNMENTS.has(operator)) return assign(evaluator, node, evaluateChoice(evaluator, node, env), env);
  const left = evaluator.evaluate(node.left, env);
  const right = evaluator.evaluate(node.right, env);
  if (operator === SyntaxKind.CommaToken) return right;
  for (const [value, operand] of [[left, node.left] as const, [right, node.right] as const]) {
    if (!COMPARISONS.has(operator)) evaluator.reportUnlessMixed(value, 'ref-in-arithmetic', operand);
    else if (value.kind === 'ref') evaluator.report('ref-in-comparison', operand);
  }
  return PLAIN;
}

function evaluateChoice(evaluator: Evaluator, node: ts.BinaryExpression, env: Env): Value {
  const left = evaluateChosen(evaluator, node, env);
  const right = evaluator.branch(() => evaluator.evaluate(node.right, env));
  // Of `known && ref` what is known may be all there is.
  if (node.operatorToken.kind === SyntaxKind.AmpersandAmpersandToken && left.kind !== 'ref') return mayBeAbsent(right);
  // After `a ?? b` with an optional a, one of the two is there.
  return left.kind === 'optional-ref' && right.kind === 'ref' ? REF : join(left, right);
}

function evaluateChosen(evaluator: Evaluator, { left, operatorToken }: ts.BinaryExpression, env: Env): Value {
  const asksForAbsence = [SyntaxKind.QuestionQuestionToken, SyntaxKind.QuestionQuestionEqualsToken];
  if (!asksForAbsence.some((kind) => kind === operatorToken.kind)) return evaluateCondition(evaluator, left, env);
  const value = evaluator.evaluate(left, env);
  if (value.kind === 'ref') evaluator.findings.push(refBeforeFallback(left));
  return value;
}

function assign(evaluator: Evaluator, node: ts.BinaryExpression, value: Value, env: Env): Value {
  const { left } = node;
  if (ts.isIdentifier(left)) env.assign(left.text, value, evaluator.depth);
  if (!ts.isPropertyAccessExpression(left) && !ts.isElementAccessExpression(left)) return value;
  const object = evaluator.evaluate(left.expression, env);
  if (object.kind === 'ref') evaluator.report('ref-assigned', left.expression);
  if (object.kind !== 'structure') return value;
  if (ts.isPropertyAccessExpression(left)) {
    const isLate = object.depth !== undefined && evaluator.depth > object.depth;
    const before = object.properties.get(left.name.text) ?? ABSENT;
    object.properties.set(left.name.text, isLate ? join(before, value) : value);
  } else object.rest = join(object.rest, value);
  return value;
}
