/** Brings the peers, each with packages of its own, into the cache folder of the user. They are no part of Pawl. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../dist/worker/provision/cache-dir.js';
import { installFolder } from '../../dist/worker/provision/install-folder.js';

const run = promisify(execFile);

export const DBOS = ['@dbos-inc/dbos-sdk@5.3.0'];
/** Prefect's server takes FastAPI from 0.139 on, and does not start with the newest. */
export const PREFECT = ['prefect==3.8.8', 'fastapi==0.139.0'];
export const METAFLOW = ['metaflow==2.19.39'];

/** @returns the folder that holds the packages, with what they need. */
export function installNpm(specs) {
  return install(specs, (folder) =>
    run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--save-exact', ...specs]),
  );
}

/** @returns the folder that holds the packages, with what they need: to be put on `PYTHONPATH`. */
export function installPython(specs) {
  return install(specs, (folder) => run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, ...specs]));
}

async function install(specs, fill) {
  const folder = join(cacheDir(), 'peers', specs.join('-').replaceAll(/[^\w.-]+/g, '-'));
  if (existsSync(folder)) return folder;
  console.error(`installing ${specs.join(' and ')}, for this user once`);
  await installFolder(folder, fill);
  return folder;
}
