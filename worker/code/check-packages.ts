import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FailureType, PawlError } from '../../plan/failure.js';
import { WORKER_NAME } from '../worker-name.js';

/** Package names with the exact versions a bundle was compiled against. */
export type PackageVersions = Readonly<Record<string, string>>;

/**
 * Makes sure that a bundle will run with the packages it was compiled against.
 * @param root Folder whose packages count.
 * @throws PawlError `CodeMissing` that lists every package that is absent or of another version.
 */
export async function checkPackages(packages: PackageVersions, root: string): Promise<void> {
  const problems = await Promise.all(
    Object.entries(packages).map(async ([name, wanted]) => problemOf(name, wanted, await installedVersion(name, root))),
  );
  const found = problems.filter((problem) => problem !== null);
  if (found.length === 0) return;
  throw new PawlError(
    FailureType.CodeMissing,
    `worker ${WORKER_NAME} cannot load the run's code: ${found.join('; ')}`,
    {
      hint: `Install these versions beside the worker (in ${root}) or start another worker that has them; the run goes on by itself.`,
    },
  );
}

function problemOf(name: string, wanted: string, installed: string | null): string | null {
  if (installed === wanted) return null;
  return installed === null
    ? `${name}@${wanted} is not installed`
    : `${name}@${wanted} is needed, ${installed} is installed`;
}

/** Version of an installed package as Node finds it from a folder; null when there is none. */
async function installedVersion(name: string, root: string): Promise<string | null> {
  const folders = createRequire(join(root, 'package.json')).resolve.paths(name) ?? [];
  for (const manifest of [join(root, 'package.json'), ...folders.map((folder) => join(folder, name, 'package.json'))]) {
    const version = await versionIn(manifest, name);
    if (version !== null) return version;
  }
  return null;
}

async function versionIn(manifest: string, name: string): Promise<string | null> {
  try {
    const found = JSON.parse(await readFile(manifest, 'utf8')) as { name?: string; version?: string };
    return found.name === name ? (found.version ?? null) : null;
  } catch {
    return null;
  }
}

/** The nearest folder upward that has a package.json, where a project's packages are looked up. */
export async function projectRoot(from: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      await readFile(join(folder, 'package.json'));
      return folder;
    } catch {
      if (dirname(folder) === folder) return from;
    }
  }
}
