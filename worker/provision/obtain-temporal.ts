import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './file-checks.js';
import { findOnPath } from './find-on-path.js';
import { type Log, lastLines, runCommand } from './run-command.js';

/** A host that answers nothing must not hold the set-up; a slow line still gets its 120 MB. */
const CONNECT_TIMEOUT_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 600_000;
const downloader = fileURLToPath(new URL('./download-temporal.mjs', import.meta.url));

/**
 * Lets the Temporal SDK download its command line into `folder`.
 *
 * @throws Error saying why it could not be downloaded.
 */
export async function downloadTemporal(version: string, folder: string, log: Log): Promise<void> {
  log(`downloading the Temporal command line ${version} (about 40 MB), for this user once`);
  const args = [downloader, folder, `v${version}`, `${CONNECT_TIMEOUT_MS}`];
  const label = 'downloading the Temporal command line';
  const { timedOut, output } = await runCommand(process.execPath, args, { label, log, timeoutMs: DOWNLOAD_TIMEOUT_MS });
  const [name] = (await readdir(folder)).filter((file) => !file.endsWith('.downloading'));
  if (name === undefined) {
    throw new Error(
      `the Temporal SDK could not download it: ${timedOut ? 'no end after 10 minutes' : lastLines(output, 1)}`,
    );
  }
  await rename(join(folder, name), join(folder, 'temporal'));
}

/**
 * Builds the Temporal command line with Go into `folder`.
 *
 * @throws Error saying why it could not be built.
 */
export async function buildTemporal(version: string, folder: string, log: Log): Promise<void> {
  if (!(await findOnPath('go'))) throw new Error('Go is not installed, so it cannot be built either');
  const module = 'github.com/temporalio/cli';
  log(`building the Temporal command line ${version} with Go, for this user once; this takes 2 to 9 minutes`);
  const work = join(folder, 'work');
  const flags = ['-modcacherw', '-ldflags', `-s -w -X ${module}/temporalcli.Version=${version}`];
  const { ok, output } = await runCommand('go', ['install', ...flags, `${module}/cmd/temporal@v${version}`], {
    label: 'building the Temporal command line',
    log,
    env: { ...process.env, GOBIN: folder, GOOS: undefined, GOARCH: undefined, ...(await goCaches(work, log)) },
  });
  await rm(work, { recursive: true, force: true });
  if (!ok || !(await isExecutable(join(folder, 'temporal')))) {
    throw new Error(`\`go install ${module}/cmd/temporal@v${version}\` failed: ${lastLines(output)}`);
  }
}

/** Go keeps 3 GB of sources and objects. Somebody who has no such cache yet gets none: this one is thrown away. */
async function goCaches(work: string, log: Log): Promise<NodeJS.ProcessEnv> {
  const { output } = await runCommand('go', ['env', 'GOMODCACHE'], { label: 'asking Go for its cache', log });
  const present = await stat(output.trim()).catch(() => undefined);
  return present ? {} : { GOMODCACHE: join(work, 'modules'), GOCACHE: join(work, 'objects') };
}
