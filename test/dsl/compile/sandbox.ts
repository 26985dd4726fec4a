import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import type { CompileResult } from '../../../dsl/compile/index.js';

const checkout = resolve(import.meta.dirname, '../../..');

/** A user's project in a folder of its own, with pawl and zod installed. Removed after the tests of the file. */
export function makeProject(files: Readonly<Record<string, string>>, name = 'project'): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-compile-')));
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  return writeProject(join(base, name), files);
}

/** The same, in a folder that the caller removes. */
export function writeProject(root: string, files: Readonly<Record<string, string>>): string {
  const all = { 'package.json': '{ "name": "sample", "version": "1.2.3", "type": "module" }', ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(checkout, join(root, 'node_modules/pawl'));
  symlinkSync(join(checkout, 'node_modules/zod'), join(root, 'node_modules/zod'));
  return root;
}

const SCRIPT = `
const { compilePipeline } = await import(process.argv[1]);
process.stdout.write(JSON.stringify(await compilePipeline(process.argv[2])));
`;

/** Compiles with the built package in a process of its own, as the command line does. */
export async function compileApart(
  file: string,
  options: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CompileResult> {
  const compiler = pathToFileURL(join(checkout, 'dist/dsl/compile/index.js')).href;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', SCRIPT, compiler, file],
    { env: { ...process.env, ...options.env }, cwd: dirname(file) },
  );
  return JSON.parse(stdout) as CompileResult;
}
