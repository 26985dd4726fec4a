/** Brings the peers, each with packages of its own, into the cache folder of the user. They are no part of Pawl. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir } from '../../dist/worker/provision/cache-dir.js';
import { installFolder } from '../../dist/worker/provision/install-folder.js';

const run = promisify(execFile);

export const DBOS = '@dbos-inc/dbos-sdk@5.3.0';
export const PREFECT = 'prefect==3.9.1';
export const METAFLOW = 'metaflow==2.19.39';

/** @returns the folder that holds the package, with what it needs. */
export function installNpm(spec) {
  return install(spec, (folder) =>
    run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--save-exact', spec]),
  );
}

/** @returns the folder that holds the package, with what it needs: to be put on `PYTHONPATH`. */
export function installPython(spec) {
  return install(spec, (folder) => run('python3', ['-m', 'pip', 'install', '--quiet', '--target', folder, spec]));
}

async function install(spec, fill) {
  const folder = join(cacheDir(), 'peers', spec.replaceAll(/[^\w.-]+/g, '-'));
  if (existsSync(folder)) return folder;
  console.error(`installing ${spec}, for this user once`);
  await installFolder(folder, async (temporary) => {
    await fill(temporary);
  });
  return folder;
}
