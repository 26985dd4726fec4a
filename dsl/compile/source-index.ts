import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { ts } from 'ts-morph';
import type { ModuleImports } from './bundle.js';
import type { Place } from './diagnostic.js';

/** Something a module's name stands for, found in another module or package. */
export type Target =
  | { readonly kind: 'local'; readonly module: SourceModule; readonly name: string; readonly node: ts.Node }
  /** All that a local module exports. */
  | { readonly kind: 'module'; readonly module: SourceModule }
  /** `name` is `*` for the package as a whole. */
  | { readonly kind: 'package'; readonly specifier: string; readonly name: string };

interface ImportedName {
  readonly specifier: string;
  /** `*` for all of it. */
  readonly name: string;
}

/** One local module: its syntax tree and its names. */
export interface SourceModule {
  readonly file: string;
  /** It is JSON or text, not code. */
  readonly data: boolean;
  readonly tree: ts.SourceFile;
  /** Top-level declarations by name; the default export is `default`. */
  readonly declarations: ReadonlyMap<string, ts.Node>;
  /** Top-level statements that declare nothing. */
  readonly effects: readonly ts.Statement[];
  readonly imported: ReadonlyMap<string, ImportedName>;
  /** Exported names that are called otherwise in the module, or come from another one. */
  readonly exported: ReadonlyMap<string, string | ImportedName>;
  /** Specifiers of `import './x.js'`, done only for what the other module does. */
  readonly sideImports: readonly string[];
  /** Specifiers of `export * from`. */
  readonly reexported: readonly string[];
  /** Specifiers of all imports. */
  readonly imports: ModuleImports;
}

/** The local modules of a pipeline, parsed but not type-checked. */
export interface SourceIndex {
  readonly modules: ReadonlyMap<string, SourceModule>;
  /** What a top-level name of a module stands for; undefined for what is not declared in the modules. */
  resolve(module: SourceModule, name: string): Target | undefined;
  /** What a module exports under a name. */
  resolveExport(module: SourceModule, name: string): Target | undefined;
  /** What an import specifier in a module leads to. */
  resolveModule(module: SourceModule, specifier: string): Target | undefined;
  /** What a module exports, by name; `*` and a specifier for all that another one exports. */
  exportsOf(module: SourceModule): ReadonlyMap<string, Target | undefined>;
}

/** Parses the local modules of a bundle. */
export function indexSources(files: ReadonlyMap<string, ModuleImports>): SourceIndex {
  const modules = new Map<string, SourceModule>();
  for (const [file, imports] of files) modules.set(file, readModule(file, imports));
  return new Index(modules);
}

class Index implements SourceIndex {
  constructor(readonly modules: ReadonlyMap<string, SourceModule>) {}

  resolve(module: SourceModule, name: string): Target | undefined {
    const node = module.declarations.get(name);
    if (node) return { kind: 'local', module, name, node };
    const imported = module.imported.get(name);
    if (!imported) return undefined;
    // What a module exports in a way that cannot be read, as CommonJS does, is somewhere in the whole of it.
    return this.resolveImport(module, imported, new Set()) ?? this.resolveModule(module, imported.specifier);
  }

  exportsOf(module: SourceModule): ReadonlyMap<string, Target | undefined> {
    const named = [...module.exported].map(([name, source]) => {
      const found = this.resolveExport(module, name);
      return [name, found ?? (typeof source === 'string' ? undefined : this.resolveModule(module, source.specifier))];
    });
    const whole = module.reexported.map((specifier) => [`*${specifier}`, this.resolveModule(module, specifier)]);
    const all = [...named, ...whole] as [string, Target | undefined][];
    return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  resolveModule(module: SourceModule, specifier: string): Target | undefined {
    return this.resolveImport(module, { specifier, name: '*' }, new Set());
  }

  private resolveImport(module: SourceModule, imported: ImportedName, seen: Set<string>): Target | undefined {
    const file = module.imports.get(imported.specifier);
    if (file === undefined || file === null) return { kind: 'package', ...imported };
    const target = this.modules.get(file);
    if (!target) return undefined;
    if (imported.name === '*' || target.data) return { kind: 'module', module: target };
    return this.resolveExport(target, imported.name, seen);
  }

  resolveExport(module: SourceModule, name: string, seen = new Set<string>()): Target | undefined {
    const key = `${module.file}#${name}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const exported = module.exported.get(name) ?? name;
    if (typeof exported !== 'string') return this.resolveImport(module, exported, seen);
    const own = this.resolve(module, exported);
    if (own) return own;
    const found = module.reexported.flatMap((specifier) => this.resolveImport(module, { specifier, name }, seen) ?? []);
    const [first, ...others] = found.filter(({ kind }) => kind !== 'package');
    if (first) return first;
    // Of several packages nobody knows here which one has it.
    return found.length === 1 && others.length === 0 ? found[0] : undefined;
  }
}

/** The place of a node. */
export function placeOf(node: ts.Node): Place {
  const tree = node.getSourceFile();
  const { line, character } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
  return { file: tree.fileName, line: line + 1, column: character + 1 };
}

/** The innermost node at a place of a module; undefined past its end. */
export function nodeAt(module: SourceModule, place: Pick<Place, 'line' | 'column'>): ts.Node | undefined {
  const starts = module.tree.getLineStarts();
  const start = starts[place.line - 1];
  if (start === undefined) return undefined;
  const position = start + place.column - 1;
  let found: ts.Node = module.tree;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(found, (child) =>
      child.getStart(module.tree) <= position && position < child.end ? child : undefined,
    );
    if (!inner) return found;
    found = inner;
  }
}

/** The text of the TSDoc comment of a declaration, without its tags; empty when there is none. */
export function docOf(node: ts.Node): string {
  for (let at: ts.Node | undefined = node; at && !ts.isSourceFile(at); at = at.parent) {
    const docs = ts.getJSDocCommentsAndTags(at).filter(ts.isJSDoc);
    const comment = docs[docs.length - 1]?.comment;
    if (comment !== undefined) return (ts.getTextOfJSDocComment(comment) ?? '').trim();
    if (ts.isStatement(at)) break;
  }
  return '';
}

const SCRIPTS: Readonly<Record<string, ts.ScriptKind>> = {
  '.ts': ts.ScriptKind.TS,
  '.mts': ts.ScriptKind.TS,
  '.cts': ts.ScriptKind.TS,
  '.tsx': ts.ScriptKind.TSX,
  '.js': ts.ScriptKind.JS,
  '.mjs': ts.ScriptKind.JS,
  '.cjs': ts.ScriptKind.JS,
  '.jsx': ts.ScriptKind.JSX,
};

/** Parses one module, unless it has not changed since it was parsed last. */
export function readModule(file: string, imports: ModuleImports): SourceModule {
  const text = readFileSync(file, 'utf8');
  const known = parsed.get(file);
  const module = known?.tree.text === text ? known : parseModule(file, text);
  parsed.set(file, module);
  return { ...module, imports };
}

type ParsedModule = Omit<SourceModule, 'imports'>;

// By path, the latest only. What is known of a node is kept by the node, so it lives as long as its module is unchanged.
const parsed = new Map<string, ParsedModule>();

function parseModule(file: string, text: string): ParsedModule {
  const kind = SCRIPTS[extname(file)];
  const builder = new ModuleBuilder();
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true, kind ?? ts.ScriptKind.JSON);
  if (kind !== undefined) for (const statement of tree.statements) builder.add(statement);
  return { file, data: kind === undefined, tree, ...builder };
}

class ModuleBuilder {
  readonly declarations = new Map<string, ts.Node>();
  readonly effects: ts.Statement[] = [];
  readonly imported = new Map<string, ImportedName>();
  readonly exported = new Map<string, string | ImportedName>();
  readonly sideImports: string[] = [];
  readonly reexported: string[] = [];

  add(statement: ts.Statement): void {
    if (ts.isImportDeclaration(statement)) this.addImport(statement);
    else if (ts.isExportDeclaration(statement)) this.addExport(statement);
    else if (ts.isExportAssignment(statement)) this.addDefault(statement);
    else if (ts.isVariableStatement(statement)) this.addVariables(statement);
    else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) this.addNamed(statement);
    else if (ts.isEnumDeclaration(statement) || isNamespace(statement)) this.declare(statement.name.text, statement);
    else if (!isTypeStatement(statement)) this.effects.push(statement);
  }

  /** An enum or a namespace may be written in several parts. */
  private declare(name: string, statement: ts.Statement): void {
    if (this.declarations.has(name)) this.effects.push(statement);
    else this.declarations.set(name, statement);
  }

  private addImport(statement: ts.ImportDeclaration): void {
    const clause = statement.importClause;
    const specifier = textOf(statement.moduleSpecifier);
    if (!clause) this.sideImports.push(specifier);
    if (!clause || clause.isTypeOnly) return;
    if (clause.name) this.imported.set(clause.name.text, { specifier, name: 'default' });
    const named = clause.namedBindings;
    if (named && ts.isNamespaceImport(named)) this.imported.set(named.name.text, { specifier, name: '*' });
    if (!named || !ts.isNamedImports(named)) return;
    for (const { name, propertyName, isTypeOnly } of named.elements) {
      if (!isTypeOnly) this.imported.set(name.text, { specifier, name: (propertyName ?? name).text });
    }
  }

  private addExport(statement: ts.ExportDeclaration): void {
    if (statement.isTypeOnly) return;
    const specifier = statement.moduleSpecifier && textOf(statement.moduleSpecifier);
    const clause = statement.exportClause;
    if (!clause && specifier !== undefined) this.reexported.push(specifier);
    if (clause && ts.isNamespaceExport(clause) && specifier !== undefined) {
      this.exported.set(clause.name.text, { specifier, name: '*' });
    }
    if (!clause || !ts.isNamedExports(clause)) return;
    for (const { name, propertyName } of clause.elements) {
      const original = (propertyName ?? name).text;
      this.exported.set(name.text, specifier === undefined ? original : { specifier, name: original });
    }
  }

  private addDefault(statement: ts.ExportAssignment): void {
    if (ts.isIdentifier(statement.expression)) this.exported.set('default', statement.expression.text);
    else this.declarations.set('default', statement);
  }

  private addVariables(statement: ts.VariableStatement): void {
    for (const declaration of statement.declarationList.declarations) {
      for (const name of boundNames(declaration.name)) this.declarations.set(name, declaration);
    }
  }

  private addNamed(statement: ts.FunctionDeclaration | ts.ClassDeclaration): void {
    const isDefault = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
    if (statement.name && !isOverload(statement)) this.declarations.set(statement.name.text, statement);
    if (!isDefault) return;
    if (statement.name) this.exported.set('default', statement.name.text);
    else this.declarations.set('default', statement);
  }
}

/** The names a pattern binds. */
export function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function isOverload(statement: ts.FunctionDeclaration | ts.ClassDeclaration): boolean {
  return ts.isFunctionDeclaration(statement) && !statement.body && !statement.getSourceFile().isDeclarationFile;
}

/** A namespace that is code, as `namespace Config { export const rate = 1 }`. */
function isNamespace(statement: ts.Statement): statement is ts.NamespaceDeclaration {
  return ts.isModuleDeclaration(statement) && ts.isIdentifier(statement.name) && !isDeclared(statement);
}

function isDeclared(statement: ts.ModuleDeclaration): boolean {
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false;
}

function isTypeStatement(statement: ts.Statement): boolean {
  return (
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isEmptyStatement(statement)
  );
}

function textOf(node: ts.Expression): string {
  return ts.isStringLiteralLike(node) ? node.text : '';
}
