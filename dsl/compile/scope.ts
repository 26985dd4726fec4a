import { ts } from 'ts-morph';
import { boundNames } from './source-index.js';

/** The names that a function, block, loop or catch clause declares in itself. */
export function declaredIn(node: ts.Node): ReadonlySet<string> {
  if (!mayDeclare(node)) return NOTHING;
  const names = known.get(node) ?? findDeclared(node);
  known.set(node, names);
  return names;
}

const NOTHING: ReadonlySet<string> = new Set();
const known = new WeakMap<ts.Node, ReadonlySet<string>>();

function mayDeclare(node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) ||
    ts.isBlock(node) ||
    ts.isCaseBlock(node) ||
    ts.isCatchClause(node) ||
    ts.isClassExpression(node) ||
    ts.isForStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isForInStatement(node)
  );
}

function findDeclared(node: ts.Node): ReadonlySet<string> {
  const names = new Set<string>();
  if (ts.isFunctionLike(node)) {
    for (const parameter of node.parameters) addNames(names, parameter.name);
    if (ts.isFunctionExpression(node) && node.name) names.add(node.name.text);
  }
  if (ts.isCatchClause(node) && node.variableDeclaration) addNames(names, node.variableDeclaration.name);
  if (ts.isClassExpression(node) && node.name) names.add(node.name.text);
  if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node)) addInitializer(names, node);
  if (ts.isBlock(node) || ts.isCaseBlock(node)) addStatements(names, node);
  return names;
}

function addNames(names: Set<string>, pattern: ts.BindingName): void {
  for (const name of boundNames(pattern)) names.add(name);
}

function addInitializer(names: Set<string>, node: ts.ForStatement | ts.ForOfStatement | ts.ForInStatement): void {
  const first = node.initializer;
  if (!first || !ts.isVariableDeclarationList(first)) return;
  for (const declaration of first.declarations) addNames(names, declaration.name);
}

function addStatements(names: Set<string>, node: ts.Block | ts.CaseBlock): void {
  const statements = ts.isBlock(node) ? node.statements : node.clauses.flatMap((clause) => [...clause.statements]);
  for (const statement of statements) {
    if (ts.isVariableStatement(statement)) {
      for (const declaration of statement.declarationList.declarations) addNames(names, declaration.name);
    }
    if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name) {
      names.add(statement.name.text);
    }
  }
}
