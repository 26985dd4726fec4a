import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPipeline, type PipelineParts } from '../pipeline.js';
import { type Bundled, outputFolder } from './bundle.js';
import { CompileStop, DiagnosticCode, type Place } from './diagnostic.js';
import type { Project } from './project.js';
import { type FindPlace, stackMapper } from './source-map.js';

/** A pipeline as the compiler's process sees it. */
export interface Loaded {
  readonly pipeline: PipelineParts;
  readonly findPlace: FindPlace;
  /** What the packages the bundle imports export, by specifier. */
  readonly packages: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

const ABANDONED_MS = 3_600_000;
const PACKAGE_EXPORT = '__pawlPackage';
let loads = 0;

/**
 * Imports a bundle in this process, inside the project, so that its packages are found where its author installed them.
 * @throws CompileStop when importing fails or the default export is no pipeline.
 */
export async function loadBundle(project: Project, bundled: Bundled): Promise<Loaded> {
  const folder = outputFolder(project.root);
  await prepareFolder(folder);
  // A new name for each load: Node never imports the same file twice.
  loads += 1;
  const name = `${bundled.bundle.digest.slice(7, 19)}-${process.pid}-${loads}.mjs`;
  const path = join(folder, name);
  const findPlace = stackMapper(name, bundled.map, folder);
  const start: Place = { file: project.file, line: 1, column: 1 };
  await writeFile(path, bundled.body + packageExports(bundled.externals));
  try {
    const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
    if (!isPipeline(module.default)) throw notAPipeline(module, start);
    return { pipeline: module.default, findPlace, packages: packagesOf(module, bundled.externals) };
  } catch (error) {
    throw error instanceof CompileStop ? error : importFailed(error, findPlace, start);
  } finally {
    await rm(path, { force: true });
  }
}

/** What an error of the author's code says, in one line. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  return error.name === 'PawlError' ? error.message : `${error.name}: ${error.message}`;
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

function packageExports(externals: readonly string[]): string {
  return externals
    .map((specifier, index) => `\nexport * as ${PACKAGE_EXPORT}${index} from ${JSON.stringify(specifier)};`)
    .join('');
}

function packagesOf(module: Readonly<Record<string, unknown>>, externals: readonly string[]): Loaded['packages'] {
  return new Map(
    externals.map((specifier, index) => [
      specifier,
      module[`${PACKAGE_EXPORT}${index}`] as Readonly<Record<string, unknown>>,
    ]),
  );
}

function notAPipeline(module: Readonly<Record<string, unknown>>, place: Place): CompileStop {
  const has = 'default' in module ? 'the default export is not a pipeline' : 'the file has no default export';
  return new CompileStop([
    { code: DiagnosticCode.NotAPipeline, message: has, hint: 'Write: export default pipeline(…).', place },
  ]);
}

function importFailed(error: unknown, findPlace: FindPlace, start: Place): CompileStop {
  const place = (error instanceof Error && findPlace(error.stack ?? '')) || start;
  const hint = hintOf(error) ?? 'The file is imported when it is compiled; it must do so without an error.';
  return new CompileStop([{ code: DiagnosticCode.ImportFailed, message: errorText(error), hint, place }]);
}

/** The hint an error of Pawl carries. */
export function hintOf(error: unknown): string | undefined {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
}
