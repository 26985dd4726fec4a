import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { findOnPath } from './find-on-path.js';
import { goInstall } from './go-install.js';
import { type Log, lastLines, runCommand } from './run-command.js';

/** What the server's programs are called, as in Temporal's own releases and images. */
export const SERVER_PROGRAM = 'temporal-server';
export const SQL_TOOL_PROGRAM = 'temporal-sql-tool';

const RELEASES = 'https://github.com/temporalio/temporal/releases/download';
const CONNECT_TIMEOUT_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
/** What Temporal's releases call the machines that Node calls so. */
const MACHINES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Downloads the archive of a release of the Temporal server, and takes its programs out into `folder`.
 *
 * @throws Error saying why it could not be had.
 */
export async function downloadServer(version: string, folder: string, log: Log): Promise<void> {
  const url = `${RELEASES}/v${version}/temporal_${version}_${process.platform}_${MACHINES[process.arch]}.tar.gz`;
  log(`downloading the Temporal server ${version} (about 120 MB), for this user once`);
  const archive = join(folder, 'release.tar.gz');
  await download(url, archive);
  const args = ['-xzf', archive, '-C', folder, SERVER_PROGRAM, SQL_TOOL_PROGRAM];
  const { ok, output } = await runCommand('tar', args, { label: 'unpacking the Temporal server', log });
  await rm(archive);
  if (!ok) throw new Error(`${url} could not be unpacked: ${lastLines(output, 1)}`);
}

/**
 * Builds the programs of the Temporal server with Go into `folder`.
 *
 * @throws Error saying why they could not be built.
 */
export async function buildServer(version: string, folder: string, log: Log): Promise<void> {
  const commands = 'go.temporal.io/server/cmd';
  const packages = [`${commands}/server`, `${commands}/tools/sql`];
  const label = 'building the Temporal server';
  if (await findOnPath('go')) log(`${label} ${version} with Go, for this user once; this takes 3 to 10 minutes`);
  await goInstall({ packages, version, folder, label, log });
  await rename(join(folder, 'server'), join(folder, SERVER_PROGRAM));
  await rename(join(folder, 'sql'), join(folder, SQL_TOOL_PROGRAM));
}

/** A host that answers nothing must not hold the set-up; a slow line still gets its time. */
async function download(url: string, file: string): Promise<void> {
  const ending = new AbortController();
  const end = (after: number) => setTimeout(() => ending.abort(new Error(`no end after ${after / 1000} s`)), after);
  const limits = [end(CONNECT_TIMEOUT_MS), end(DOWNLOAD_TIMEOUT_MS)];
  try {
    const response = await fetch(url, { signal: ending.signal });
    clearTimeout(limits[0]);
    if (!response.ok) throw new Error(`the answer was ${response.status}`);
    await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(file));
  } catch (error) {
    throw new Error(`${url} could not be downloaded: ${reasonOf(error)}`);
  } finally {
    limits.forEach(clearTimeout);
  }
}

/** `fetch` itself only says that it failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message ? cause.message : message;
}
