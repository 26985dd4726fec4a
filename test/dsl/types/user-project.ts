import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll } from 'vitest';

const checkout = resolve(import.meta.dirname, '../../..');

/** The versions of TypeScript that Pawl's types are for, by the name of the package they are installed as. */
export const TYPESCRIPTS = { '5.9': 'typescript-5.9', '6': 'typescript-6', '7': 'typescript' } as const;
export type TypeScriptVersion = keyof typeof TYPESCRIPTS;

const MODULES = {
  nodenext: { module: 'NodeNext', moduleResolution: 'NodeNext' },
  bundler: { module: 'ESNext', moduleResolution: 'Bundler' },
} as const;

export interface UserOptions {
  readonly modules?: keyof typeof MODULES;
  /** More compiler options. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A folder with the built `pawl`, zod and nothing else of ours, as a user's is. Removed after the tests of the file. */
export function makeUserProject(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-types-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'node_modules/@types'));
  for (const name of ['zod', 'expect-type', '@types/node', 'undici-types']) {
    symlinkSync(join(checkout, 'node_modules', name), join(folder, 'node_modules', name));
  }
  symlinkSync(checkout, join(folder, 'node_modules/pawl'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "type": "module" }');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

export interface TypeCheck {
  /** What the compiler wrote. */
  readonly output: string;
  /** Number of types that were instantiated. */
  readonly instantiations: number;
}

/** Type-checks a folder as its user would, with the built declarations of Pawl. */
export async function typeCheck(
  folder: string,
  version: TypeScriptVersion,
  { modules = 'nodenext', options = {} }: UserOptions = {},
): Promise<TypeCheck> {
  const config = join(folder, `tsconfig.${version}.json`);
  const compilerOptions = {
    target: 'ES2022',
    ...MODULES[modules],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    ...options,
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const program = join(checkout, 'node_modules', TYPESCRIPTS[version], 'bin/tsc');
  const flags = version === '7' ? ['--singleThreaded'] : [];
  const output = await run([program, '-p', config, '--pretty', 'false', '--extendedDiagnostics', ...flags], folder);
  const count = /Instantiations:\s*(\d+)/.exec(output);
  return { output, instantiations: Number(count?.[1] ?? Number.NaN) };
}

/** The errors among what a compiler wrote: place, code and the first line of each. */
export function errorLines({ output }: TypeCheck): readonly string[] {
  return output.split('\n').filter((line) => /^\S.*\(\d+,\d+\): error TS\d+:/.test(line) || /^error TS\d+:/.test(line));
}

function run(command: readonly string[], cwd: string): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, command, { cwd });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => parts.push(part));
    child.on('error', failed);
    child.on('close', () => done(Buffer.concat(parts).toString('utf8')));
  });
}
