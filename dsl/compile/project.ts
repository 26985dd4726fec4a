import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CompileStop, DiagnosticCode } from './diagnostic.js';

/** A pipeline file and the project it belongs to. */
export interface Project {
  /** Absolute path of the pipeline file, links resolved. */
  readonly file: string;
  /** Absolute path of the project's root, links resolved. */
  readonly root: string;
}

/**
 * Finds the project of a pipeline file. Its root is the nearest folder upwards with a `package.json`, else the file's
 * own folder.
 * @throws CompileStop when the file does not exist.
 */
export function findProject(file: string, root?: string): Project {
  const path = resolve(root ?? '.', file);
  if (!existsSync(path)) throw fileNotFound(path);
  const real = realpathSync(path);
  return { file: real, root: realpathSync(root ?? nearestPackage(dirname(real))) };
}

/** Path from the project's root, with `/` on every system. */
export function relativePath(root: string, file: string): string {
  return relative(root, file).split(sep).join('/');
}

function nearestPackage(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
    if (dirname(at) === at) return folder;
  }
}

function fileNotFound(path: string): CompileStop {
  return new CompileStop([
    {
      code: DiagnosticCode.FileNotFound,
      message: 'the file does not exist',
      hint: 'Check the path; it is taken from the current folder.',
      place: { file: path, line: 1, column: 1 },
    },
  ]);
}
