import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, root } from './checkout.mjs';

const lockFile = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.pawl-lock');

/** True when `node_modules` was made from the present lock file, by us or by the user's own npm. */
export function packagesAreInstalled() {
  if (readIfThere(stamp) === lockHash()) return true;
  if (!matchesInstalled()) return false;
  stampPackages();
  return true;
}

/** Notes which lock file `node_modules` was made from. */
export function stampPackages() {
  writeFileSync(stamp, lockHash());
}

/** The program and arguments that install the packages; the build needs the development packages as well. */
export function installCommand() {
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--no-update-notifier'];
  const npm = process.env.npm_execpath;
  return npm?.endsWith('npm-cli.js') ? [process.execPath, npm, ...args] : ['npm', ...args];
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

/** npm writes down what it installed; packages for other platforms are rightly absent. */
function matchesInstalled() {
  const installed = readIfThere(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const { packages: present } = JSON.parse(installed);
  const { packages: wanted } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}
