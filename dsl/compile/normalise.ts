import { ts } from 'ts-morph';
import { declaredIn } from './scope.js';

/** A declaration's code without comments, format and types, and the names it takes from outside. */
export interface NormalisedCode {
  /** The tree as text; a name from outside stands as its number in `names`. */
  readonly text: string;
  /** Names that are not declared inside, in the order of their first use. */
  readonly names: readonly string[];
  /** Specifiers of the modules it imports dynamically or requires. */
  readonly imports: readonly string[];
  /** It imports what only a run decides. */
  readonly importsAny: boolean;
}

/**
 * Writes a piece of code so that two pieces that do the same in other clothes are the same: comments, white space,
 * quotes, brackets without effect, types and the names of what it uses do not count.
 */
export function normaliseCode(root: ts.Node): NormalisedCode {
  const code = known.get(root) ?? writeCode(root);
  known.set(root, code);
  return code;
}

const known = new WeakMap<ts.Node, NormalisedCode>();

function writeCode(root: ts.Node): NormalisedCode {
  const writer = new Writer(root);
  writer.write(root, []);
  return {
    text: writer.parts.join(' '),
    names: [...writer.names.keys()],
    imports: writer.imports,
    importsAny: writer.importsAny,
  };
}

type Scopes = readonly ReadonlySet<string>[];

class Writer {
  readonly parts: string[] = [];
  readonly names = new Map<string, number>();
  readonly imports: string[] = [];
  importsAny = false;

  constructor(private readonly root: ts.Node) {}

  write(node: ts.Node, scopes: Scopes): void {
    const inside = withoutTypes(node);
    if (isTypeOnly(node)) return;
    if (inside !== node) this.write(inside, scopes);
    else if (ts.isIdentifier(node)) this.writeName(node, scopes);
    else this.writeNode(node, scopes);
  }

  private writeNode(node: ts.Node, scopes: Scopes): void {
    this.noteImport(node);
    this.parts.push(`(${ts.SyntaxKind[node.kind]}${detailOf(node)}`);
    const own = declaredIn(node);
    const within = own.size > 0 ? [...scopes, own] : scopes;
    ts.forEachChild(node, (child) => this.write(child, within));
    this.parts.push(')');
  }

  private writeName(node: ts.Identifier, scopes: Scopes): void {
    if (node.parent === this.root && isDeclaredName(node)) return;
    const free = isReference(node) && !scopes.some((scope) => scope.has(node.text));
    this.parts.push(free ? `@${this.numberOf(node.text)}` : node.text);
    // `{ a }` is short for `{ a: a }`: the key is part of the value's shape.
    if (free && ts.isShorthandPropertyAssignment(node.parent)) this.parts.push(`:${node.text}`);
  }

  private numberOf(name: string): number {
    const known = this.names.get(name) ?? this.names.size;
    this.names.set(name, known);
    return known;
  }

  private noteImport(node: ts.Node): void {
    if (!ts.isCallExpression(node)) return;
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
    const [specifier] = node.arguments;
    if (specifier && ts.isStringLiteralLike(specifier)) {
      if (isImport || isRequire) this.imports.push(specifier.text);
    } else if (isImport) this.importsAny = true;
  }
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isExpressionWithTypeArguments(node)) return false;
  if (ts.isHeritageClause(node)) return node.token === ts.SyntaxKind.ImplementsKeyword;
  if (ts.isQuestionToken(node)) return ts.isParameter(node.parent) || ts.isPropertyDeclaration(node.parent);
  if (ts.isModifier(node)) return TYPE_MODIFIERS.has(node.kind);
  return (
    ts.isTypeNode(node) ||
    ts.isTypeParameterDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isJSDoc(node) ||
    isBodiless(node)
  );
}

const TYPE_MODIFIERS = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.ExportKeyword,
  ts.SyntaxKind.DefaultKeyword,
  ts.SyntaxKind.DeclareKeyword,
  ts.SyntaxKind.AbstractKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.OverrideKeyword,
]);

function isBodiless(node: ts.Node): boolean {
  return (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && !node.body;
}

function withoutTypes(node: ts.Node): ts.Node {
  if (
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isParenthesizedExpression(node)
  ) {
    return node.expression;
  }
  return node;
}

/** What tells two nodes of a kind apart and is no child of theirs. */
function detailOf(node: ts.Node): string {
  // A tag sees a template as it is written.
  if (ts.isTemplateLiteralToken(node)) return JSON.stringify(node.rawText ?? node.text);
  if (ts.isStringLiteralLike(node)) return JSON.stringify(node.text);
  if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node) || ts.isPrivateIdentifier(node)) return `:${node.text}`;
  if (ts.isRegularExpressionLiteral(node)) return JSON.stringify(node.text);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) return `:${node.operator}`;
  if (ts.isMetaProperty(node)) return `:${node.keywordToken}`;
  if (ts.isVariableDeclarationList(node)) return `:${node.flags & ts.NodeFlags.BlockScoped}`;
  return '';
}

/** False for identifiers that only name a property, a label or a declared thing. */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  if (ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  if (ts.isMethodDeclaration(parent) || ts.isGetAccessor(parent) || ts.isSetAccessor(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isMetaProperty(parent)) return false;
  return !isDeclaredName(node);
}

function isDeclaredName(node: ts.Identifier): boolean {
  const parent = node.parent;
  return (
    (ts.isFunctionDeclaration(parent) ||
      ts.isFunctionExpression(parent) ||
      ts.isClassDeclaration(parent) ||
      ts.isClassExpression(parent) ||
      ts.isEnumDeclaration(parent) ||
      ts.isModuleDeclaration(parent) ||
      ts.isVariableDeclaration(parent)) &&
    parent.name === node
  );
}
