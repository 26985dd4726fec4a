import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isExecutable } from './file-checks.js';
import { findOnPath } from './find-on-path.js';
import { goInstall } from './go-install.js';
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
  const module = 'github.com/temporalio/cli';
  const packages = [`${module}/cmd/temporal`];
  const label = 'building the Temporal command line';
  if (await findOnPath('go')) log(`${label} ${version} with Go, for this user once; this takes 2 to 9 minutes`);
  const linkerFlags = `-X ${module}/temporalcli.Version=${version}`;
  await goInstall({ packages, version, folder, label, log, linkerFlags });
  if (!(await isExecutable(join(folder, 'temporal'))))
    throw new Error(`${packages[0]} made no program called temporal`);
}
