import { join } from 'node:path';
import { cacheDir, platformName } from './cache-dir.js';
import { isExecutable } from './file-checks.js';
import { findOnPath } from './find-on-path.js';
import { installFolder } from './install-folder.js';
import { type Lookup, type Missing, missing } from './lookup.js';
import { buildServer, downloadServer, SERVER_PROGRAM, SQL_TOOL_PROGRAM } from './obtain-temporal-server.js';
import { programVersion } from './program-version.js';
import { forgetFailure, recallFailure, rememberFailure } from './remembered-failure.js';
import type { Log } from './run-command.js';

/** The version of the Temporal server that Pawl is tested with as a cluster, over Postgres. */
export const TEMPORAL_SERVER_VERSION = '1.32.0';

/** The programs of a Temporal server: only tests and those who test their pipelines with a real cluster need them. */
export interface TemporalServerInstallation {
  /** The full path of the server. */
  readonly server: string;
  /** The full path of the tool that makes and updates its tables. */
  readonly sqlTool: string;
  /** Found on the user's `PATH`, or in Pawl's cache folder. */
  readonly from: 'path' | 'cache';
}

export interface ProvisionServerOptions {
  readonly log: Log;
  /** Try again what failed the last time. Default: `false`. */
  readonly retry?: boolean;
}

/**
 * Looks for the Temporal server, on `PATH` (`temporal-server` and `temporal-sql-tool`, of the version that Pawl is
 * tested with) and then in the cache folder, and changes nothing.
 */
export async function findTemporalServer(): Promise<Lookup<TemporalServerInstallation>> {
  const onPath = await serverOnPath();
  if (onPath) return { found: true, ...onPath, from: 'path' };
  const cached = { server: join(cachedFolder(), SERVER_PROGRAM), sqlTool: join(cachedFolder(), SQL_TOOL_PROGRAM) };
  if ((await isExecutable(cached.server)) && (await isExecutable(cached.sqlTool)))
    return { found: true, ...cached, from: 'cache' };
  const failure = await recallFailure(failureFile());
  if (failure) return missing(`${failure.reason} (on ${failure.at})`, failure.remedy);
  return missing(`there is no Temporal server ${TEMPORAL_SERVER_VERSION} on PATH or in ${cachedFolder()}`, waysOut());
}

/** Downloads the Temporal server, or builds it with Go, if there is none. It fails only by its answer. */
export async function provisionTemporalServer(
  options: ProvisionServerOptions,
): Promise<Lookup<TemporalServerInstallation>> {
  const present = await findTemporalServer();
  if (present.found) return present;
  if (!options.retry && (await recallFailure(failureFile()))) return present;
  const failed = await obtain(options.log);
  if (failed === undefined) await forgetFailure(failureFile());
  return failed ?? findTemporalServer();
}

async function obtain(log: Log): Promise<Missing | undefined> {
  const reasons: string[] = [];
  for (const fill of [downloadServer, buildServer]) {
    try {
      await installFolder(cachedFolder(), (folder) => fill(TEMPORAL_SERVER_VERSION, folder, log));
      return undefined;
    } catch (error) {
      log((error as Error).message);
      reasons.push((error as Error).message);
    }
  }
  const failure = { reason: reasons.join('; '), remedy: waysOut() };
  // Without Go nothing has taken long, and installing it is the remedy: it is tried again the next time.
  if (await findOnPath('go')) await rememberFailure(failureFile(), { ...failure, at: new Date().toISOString() });
  return missing(failure.reason, failure.remedy);
}

async function serverOnPath(): Promise<{ server: string; sqlTool: string } | undefined> {
  const [server, sqlTool] = await Promise.all([findOnPath(SERVER_PROGRAM), findOnPath(SQL_TOOL_PROGRAM)]);
  if (!server || !sqlTool) return undefined;
  const versions = await Promise.all([programVersion(server), programVersion(sqlTool)]);
  return versions.every((version) => version === TEMPORAL_SERVER_VERSION) ? { server, sqlTool } : undefined;
}

function cachedFolder(): string {
  return join(cacheDir(), `temporal-server-${TEMPORAL_SERVER_VERSION}-${platformName}`);
}

function failureFile(): string {
  return `${cachedFolder()}.failed.json`;
}

function waysOut(): string {
  return [
    'install Go 1.26 or newer and run `node scripts/setup.mjs --only server --retry`, which then builds it',
    `or put \`${SERVER_PROGRAM}\` and \`${SQL_TOOL_PROGRAM}\` of version ${TEMPORAL_SERVER_VERSION} on PATH`,
    `or into ${cachedFolder()}`,
  ].join(', ');
}
