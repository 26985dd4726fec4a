import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDir, platformName } from './cache-dir.js';
import { isExecutable } from './file-checks.js';
import { findOnPath } from './find-on-path.js';
import { installFolder } from './install-folder.js';
import { type Lookup, missing } from './lookup.js';
import { buildTemporal, downloadTemporal } from './obtain-temporal.js';
import type { Log } from './run-command.js';

/** The version of the Temporal command line (with its server and Web UI) that Pawl is tested with. */
export const TEMPORAL_VERSION = '1.5.1';

/** The oldest server, inside the command line on `PATH`, that has what Pawl uses. */
const OLDEST_SERVER = [1, 29] as const;
const VERSION_TIMEOUT_MS = 20_000;

/** A Temporal command line that can be run. */
export interface TemporalInstallation {
  /** The full path of the program. */
  readonly path: string;
  /** Found on the user's `PATH`, or in Pawl's cache folder. */
  readonly from: 'path' | 'cache';
}

/** Looks for the Temporal command line, on `PATH` and then in the cache folder, and changes nothing. */
export async function findTemporal(): Promise<Lookup<TemporalInstallation>> {
  const onPath = await findOnPath('temporal');
  if (onPath && (await isRecentEnough(onPath))) return { found: true, path: onPath, from: 'path' };
  const cached = join(cachedFolder(), 'temporal');
  if (await isExecutable(cached)) return { found: true, path: cached, from: 'cache' };
  const reason = onPath ? `${onPath} does not run, or its server is older than 1.29` : 'there is no `temporal` on PATH';
  return missing(`${reason}, and none in ${cachedFolder()}`, 'run `npm run setup`, or set TEMPORAL_ADDRESS');
}

/** Downloads the Temporal command line, or builds it with Go, if there is none. It fails only by its answer. */
export async function provisionTemporal(log: Log): Promise<Lookup<TemporalInstallation>> {
  const present = await findTemporal();
  if (present.found) return present;
  const reasons: string[] = [];
  for (const obtain of [downloadTemporal, buildTemporal]) {
    const failure = await tryToInstall((folder) => obtain(TEMPORAL_VERSION, folder, log));
    if (failure === undefined) return findTemporal();
    log(failure);
    reasons.push(failure);
  }
  return missing(reasons.join('; '), waysOut());
}

async function tryToInstall(fill: (folder: string) => Promise<void>): Promise<string | undefined> {
  try {
    await installFolder(cachedFolder(), fill);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function cachedFolder(): string {
  return join(cacheDir(), `temporal-${TEMPORAL_VERSION}-${platformName}`);
}

function waysOut(): string {
  return [
    `put a \`temporal\` program (version ${TEMPORAL_VERSION}) on PATH or at ${join(cachedFolder(), 'temporal')}`,
    'or install Go 1.25 or newer and run `npm run setup` again, which then builds it',
    'or set TEMPORAL_ADDRESS to a Temporal server that is running already',
  ].join(', ');
}

async function isRecentEnough(program: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    const [, major, minor] = /Server (\d+)\.(\d+)/.exec(stdout) ?? [];
    return (
      Number(major) > OLDEST_SERVER[0] || (Number(major) === OLDEST_SERVER[0] && Number(minor) >= OLDEST_SERVER[1])
    );
  } catch {
    return false;
  }
}
