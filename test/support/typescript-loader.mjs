/** Lets a Node process run the TypeScript sources as they are: `node --import …/typescript-loader.mjs file.ts`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// This file is its own hooks module: Node loads it a second time, in the thread that hooks run in.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  if (!/^\.{1,2}\//.test(specifier) || !specifier.endsWith('.js')) return next(specifier, context);
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
  return existsSync(source) ? next(source.href, context) : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { transform } = await import('esbuild');
  const text = await readFile(fileURLToPath(url), 'utf8');
  const { code } = await transform(text, { loader: 'ts', format: 'esm', target: 'node20', sourcefile: url });
  return { format: 'module', source: code, shortCircuit: true };
}
