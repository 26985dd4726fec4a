import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BuildFailure, BuildOptions, Message, Metafile } from 'esbuild';
import { type Digest, digestOf } from '../../plan/canonical.js';
import { writeBundleHeader } from './bundle-header.js';
import { CompileStop, DiagnosticCode, type Finding, type Place } from './diagnostic.js';
import { packageName, packageVersion } from './packages.js';
import type { Project } from './project.js';

/** The code of a pipeline in one file: its steps and the local modules they import. */
export interface CodeBundle {
  /** The bundle to keep and pin, with its header. */
  readonly code: string;
  readonly digest: Digest;
  /** Version of each npm package imported, by package name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The pipeline's name. */
  readonly name: string;
}

/** What bundling found out beside the bundle itself. */
export interface Bundled {
  readonly bundle: Omit<CodeBundle, 'name'>;
  /** The code without its header, to which the source map belongs. */
  readonly body: string;
  /** JSON source map of the body; its sources are relative to {@link outputFolder}. */
  readonly map: string;
  /** Local modules, by absolute path. */
  readonly modules: ReadonlyMap<string, ModuleImports>;
  /** Specifiers of imports from packages that are needed when the bundle is loaded. */
  readonly externals: readonly string[];
}

/** What a local module imports: by specifier, the absolute path of a local module or `null` for a package. */
export type ModuleImports = ReadonlyMap<string, string | null>;

/** Folder in which a project's bundles are tried out while compiling. */
export function outputFolder(root: string): string {
  return join(root, '.pawl', 'compile');
}

/**
 * Bundles a pipeline file and its local imports; packages stay outside. The same sources give the same bytes.
 * @throws CompileStop for syntax errors, imports that lead nowhere and packages that are not installed.
 */
export async function bundlePipeline(project: Project): Promise<Bundled> {
  const built = await build(project);
  const body = built.code.replaceAll('\r\n', '\n');
  const packages = installedPackages(project, built.metafile);
  const code = writeBundleHeader({ packages }, body);
  return {
    bundle: { code, digest: digestOf(code), packages },
    body,
    map: built.map,
    modules: localModules(project.root, built.metafile),
    externals: externalImports(built.metafile, ['import-statement']),
  };
}

async function build(project: Project): Promise<{ code: string; map: string; metafile: Metafile }> {
  const esbuild = await import('esbuild');
  try {
    const result = await esbuild.build(buildOptions(project));
    const text = (suffix: string) => result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
    return { code: text('.mjs'), map: text('.mjs.map'), metafile: result.metafile };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    throw new CompileStop(error.errors.map((message) => buildFinding(project, message)));
  }
}

function buildOptions(project: Project) {
  return {
    absWorkingDir: project.root,
    entryPoints: [project.file],
    outfile: join(outputFolder(project.root), 'bundle.mjs'),
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function buildFinding(project: Project, message: Message): Finding {
  const unresolved = /^Could not resolve|^No matching export|^No loader is configured/.test(message.text);
  const place = message.location;
  return {
    code: unresolved ? DiagnosticCode.UnresolvedImport : DiagnosticCode.SyntaxError,
    message: decapitalise(message.text),
    hint: unresolved
      ? 'Check the path and the name; imports of TypeScript files may end in .js or .ts.'
      : 'Correct the syntax here.',
    place: {
      file: place ? resolve(project.root, place.file) : project.file,
      line: place?.line ?? 1,
      column: (place?.column ?? 0) + 1,
    },
  };
}

function decapitalise(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function localModules(root: string, metafile: Metafile): ReadonlyMap<string, ModuleImports> {
  const entries = Object.entries(metafile.inputs).map(([file, input]) => {
    const imports = input.imports.map((found): [string, string | null] => [
      found.original ?? found.path,
      found.external ? null : resolve(root, found.path),
    ]);
    return [resolve(root, file), new Map(imports)] as const;
  });
  return new Map(entries);
}

function externalImports(metafile: Metafile, kinds: readonly string[]): readonly string[] {
  const found = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .filter((imported) => imported.external && kinds.includes(imported.kind))
    .map((imported) => imported.path);
  return [...new Set(found)].sort();
}

function installedPackages(project: Project, metafile: Metafile): Record<string, string> {
  const specifiers = externalImports(metafile, ['import-statement', 'dynamic-import', 'require-call']);
  const names = [...new Set(specifiers.map(packageName))].filter((name) => name !== undefined).sort();
  const versions = names.map((name) => [name, packageVersion(name, project.root)] as const);
  const missing = versions.filter(([, version]) => version === undefined).map(([name]) => name);
  if (missing.length > 0) throw new CompileStop(missing.map((name) => missingPackage(project, metafile, name)));
  return Object.fromEntries(versions.map(([name, version]) => [name, version ?? '']));
}

function missingPackage(project: Project, metafile: Metafile, name: string): Finding {
  const importer = Object.entries(metafile.inputs).find(([, input]) =>
    input.imports.some((found) => found.external && packageName(found.path) === name),
  );
  const file = importer ? resolve(project.root, importer[0]) : project.file;
  return {
    code: DiagnosticCode.MissingPackage,
    message: `the package "${name}" is not installed`,
    hint: `Run: npm install ${name}`,
    place: importPlace(file, name),
  };
}

function importPlace(file: string, name: string): Place {
  const lines = readFileSync(file, 'utf8').split('\n');
  const quoted = [`'${name}`, `"${name}`];
  const line = lines.findIndex((text) => quoted.some((part) => text.includes(part)));
  if (line < 0) return { file, line: 1, column: 1 };
  const column = Math.max(...quoted.map((part) => (lines[line] ?? '').indexOf(part)));
  return { file, line: line + 1, column: column + 1 };
}
