import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from './find-on-path.js';
import { type Log, lastLines, runCommand } from './run-command.js';

export interface GoInstallOptions {
  /** Import paths of the programs, all of one module. */
  readonly packages: readonly string[];
  /** Without the `v`. */
  readonly version: string;
  /** Where the programs go. */
  readonly folder: string;
  /** What is being done, for the progress lines: `building Temporal`. */
  readonly label: string;
  readonly log: Log;
  /** Flags of the linker beside those that leave out symbols. Default: none. */
  readonly linkerFlags?: string;
}

/**
 * Builds programs with Go into a folder.
 *
 * @throws Error saying why they could not be built.
 */
export async function goInstall(options: GoInstallOptions): Promise<void> {
  const { packages, version, folder, label, log, linkerFlags = '' } = options;
  if (!(await findOnPath('go'))) throw new Error('Go is not installed, so it cannot be built either');
  const work = join(folder, 'work');
  const targets = packages.map((name) => `${name}@v${version}`);
  const flags = ['-modcacherw', '-ldflags', `-s -w ${linkerFlags}`.trim()];
  const { ok, output } = await runCommand('go', ['install', ...flags, ...targets], {
    label,
    log,
    env: { ...process.env, GOBIN: folder, GOOS: undefined, GOARCH: undefined, ...(await goCaches(work, log)) },
  });
  await rm(work, { recursive: true, force: true });
  if (!ok) throw new Error(`\`go install ${targets.join(' ')}\` failed: ${lastLines(output)}`);
}

/** Go keeps 3 GB of sources and objects. Somebody who has no such cache yet gets none: this one is thrown away. */
async function goCaches(work: string, log: Log): Promise<NodeJS.ProcessEnv> {
  const { output } = await runCommand('go', ['env', 'GOMODCACHE'], { label: 'asking Go for its cache', log });
  const present = await stat(output.trim()).catch(() => undefined);
  return present ? {} : { GOMODCACHE: join(work, 'modules'), GOCACHE: join(work, 'objects') };
}
