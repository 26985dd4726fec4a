/**
 * Builds `dist`: the compiled sources, and the workflow bundle. Standard output stays empty; progress and errors go to
 * standard error. `dist/.stamp` tells which sources a finished build was made from.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtRooms, root, sourceHash, sourcesOf } from './checkout.mjs';

const stamp = join(root, 'dist', '.stamp');

function runNode(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(`build: ${script} failed; what it reports is above`);
    process.exit(1);
  }
}

/** Programs that are run by path and are not compiled. */
function copyPlainScripts(room) {
  for (const file of sourcesOf(room).filter((name) => name.endsWith('.mjs'))) {
    copyFileSync(join(root, file), join(root, 'dist', file));
  }
}

/** A module whose source is gone must not be importable any more. */
function removeStale(room) {
  const sources = new Set(sourcesOf(room));
  const outputs = existsSync(join(root, 'dist', room)) ? sourcesOf(join('dist', room)) : [];
  for (const output of outputs) {
    const source = output.slice('dist/'.length);
    const typescript = source.replace(/(\.d\.ts|\.js)$/, '.ts');
    if (sources.has(source) || sources.has(typescript)) continue;
    for (const file of [output, `${output}.map`]) rmSync(join(root, file), { force: true });
  }
}

const hash = sourceHash();
rmSync(stamp, { force: true });
runNode('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
for (const room of builtRooms()) {
  copyPlainScripts(room);
  removeStale(room);
}
const bundler = 'dist/worker/build-workflow-bundle.js';
if (existsSync(join(root, bundler))) runNode(bundler);
writeFileSync(stamp, hash);
