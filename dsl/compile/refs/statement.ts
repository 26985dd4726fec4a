import { ts } from 'ts-morph';
import { Env } from './env.js';
import type { Evaluator } from './evaluator.js';
import { evaluateCondition } from './expression.js';
import { bindPattern } from './pattern.js';
import { ABSENT, elementOf, join, PLAIN, type Value } from './value.js';

/** Runs a function's body and gives what it returns. */
export function runBody(evaluator: Evaluator, body: ts.ConciseBody, env: Env): Value {
  if (!ts.isBlock(body)) return evaluator.evaluate(body, env);
  const returned: Value[] = [];
  runStatements(evaluator, body.statements, env, returned);
  const [first = ABSENT, ...others] = returned;
  return others.reduce(join, first);
}

function runStatements(evaluator: Evaluator, statements: Iterable<ts.Statement>, env: Env, returned: Value[]): void {
  const all = [...statements];
  // Functions can be called before the line that declares them.
  for (const node of all) {
    if (ts.isFunctionDeclaration(node) && node.name) {
      env.declare(node.name.text, { kind: 'function', node, env }, evaluator.depth);
    }
  }
  for (const statement of all) runStatement(evaluator, statement, env, returned);
}

function runStatement(evaluator: Evaluator, node: ts.Statement, env: Env, returned: Value[]): void {
  const inner = (statement: ts.Statement, scope = env) => runStatement(evaluator, statement, scope, returned);
  if (ts.isExpressionStatement(node)) evaluator.evaluate(node.expression, env);
  else if (ts.isVariableStatement(node)) declareAll(evaluator, node.declarationList, env);
  else if (ts.isReturnStatement(node))
    returned.push(node.expression ? evaluator.evaluate(node.expression, env) : ABSENT);
  else if (ts.isBlock(node)) runStatements(evaluator, node.statements, new Env(env.module, env), returned);
  else if (ts.isIfStatement(node)) {
    evaluateCondition(evaluator, node.expression, env);
    evaluator.branch(() => inner(node.thenStatement));
    if (node.elseStatement) evaluator.branch(() => inner(node.elseStatement!));
  } else if (ts.isIterationStatement(node, false))
    runLoop(evaluator, node, env, (scope) => inner(node.statement, scope));
  else if (ts.isSwitchStatement(node)) runSwitch(evaluator, node, env, returned);
  else if (ts.isTryStatement(node)) runTry(evaluator, node, env, inner);
  else if (ts.isThrowStatement(node)) evaluator.evaluate(node.expression, env);
  else if (ts.isLabeledStatement(node)) inner(node.statement);
}

function declareAll(evaluator: Evaluator, list: ts.VariableDeclarationList, env: Env): void {
  for (const { name, initializer } of list.declarations) {
    bindPattern(evaluator, name, initializer ? evaluator.evaluate(initializer, env) : ABSENT, env);
  }
}

/** Twice, because the second round begins with what the first one left. */
function runLoop(evaluator: Evaluator, node: ts.IterationStatement, env: Env, run: (scope: Env) => void): void {
  const scope = new Env(env.module, env);
  beginLoop(evaluator, node, scope);
  const decide = (expression: ts.Expression) =>
    evaluator.decideLoop(() => evaluateCondition(evaluator, expression, scope));
  for (let round = 0; round < 2; round += 1) {
    evaluator.branch(() => {
      const condition = ts.isForStatement(node) ? node.condition : undefined;
      if (ts.isWhileStatement(node)) decide(node.expression);
      if (condition) decide(condition);
      // A loop without a condition is ended by what is in it.
      if (endsInside(node)) evaluator.decideLoop(() => run(scope));
      else run(scope);
      if (ts.isDoStatement(node)) decide(node.expression);
      if (ts.isForStatement(node) && node.incrementor) evaluator.evaluate(node.incrementor, scope);
    });
  }
}

function endsInside(node: ts.IterationStatement): boolean {
  if (ts.isForStatement(node)) return node.condition === undefined;
  const isWhile = ts.isWhileStatement(node) || ts.isDoStatement(node);
  return isWhile && node.expression.kind === ts.SyntaxKind.TrueKeyword;
}

function beginLoop(evaluator: Evaluator, node: ts.IterationStatement, scope: Env): void {
  if (ts.isForStatement(node)) {
    const first = node.initializer;
    if (first && ts.isVariableDeclarationList(first)) declareAll(evaluator, first, scope);
    else if (first) evaluator.evaluate(first, scope);
  }
  if (!ts.isForOfStatement(node) && !ts.isForInStatement(node)) return;
  const list = evaluator.evaluate(node.expression, scope);
  evaluator.reportUnlessMixed(list, 'ref-iterated', node.expression);
  const item = ts.isForOfStatement(node) ? elementOf(list) : PLAIN;
  if (!ts.isVariableDeclarationList(node.initializer)) return;
  for (const { name } of node.initializer.declarations) bindPattern(evaluator, name, item, scope);
}

function runSwitch(evaluator: Evaluator, node: ts.SwitchStatement, env: Env, returned: Value[]): void {
  evaluateCondition(evaluator, node.expression, env);
  const scope = new Env(env.module, env);
  for (const clause of node.caseBlock.clauses) {
    if (ts.isCaseClause(clause)) evaluateCase(evaluator, clause, scope);
    evaluator.branch(() => runStatements(evaluator, clause.statements, scope, returned));
  }
}

function evaluateCase(evaluator: Evaluator, clause: ts.CaseClause, env: Env): void {
  const value = evaluator.evaluate(clause.expression, env);
  if (value.kind === 'ref') evaluator.report('ref-in-comparison', clause.expression);
}

function runTry(
  evaluator: Evaluator,
  node: ts.TryStatement,
  env: Env,
  run: (part: ts.Statement, env?: Env) => void,
): void {
  evaluator.branch(() => run(node.tryBlock));
  const { catchClause } = node;
  if (catchClause) {
    const scope = new Env(env.module, env);
    if (catchClause.variableDeclaration) bindPattern(evaluator, catchClause.variableDeclaration.name, PLAIN, scope);
    evaluator.branch(() => run(catchClause.block, scope));
  }
  if (node.finallyBlock) run(node.finallyBlock);
}
