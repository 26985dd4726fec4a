import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  types: z.string().optional(),
  exports: z.unknown().optional(),
});

type Manifest = z.infer<typeof manifestSchema>;

interface InstalledPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Name of the package an import specifier asks for: `pawl/ml` is of `pawl`. Undefined for Node's own modules. */
export function packageName(specifier: string): string | undefined {
  if (isBuiltin(specifier)) return undefined;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The installed version of a package, found upwards from a folder as Node does; undefined when there is none. */
export function packageVersion(name: string, folder: string): string | undefined {
  const found = findPackage(name, folder);
  return found && (found.manifest.version ?? '0.0.0');
}

/** The file with the types of what an import specifier leads to; undefined when the package has none. */
export function declarationFile(specifier: string, folder: string): string | undefined {
  const name = packageName(specifier);
  const found = name === undefined ? undefined : findPackage(name, folder);
  if (!found) return undefined;
  const part = `.${specifier.slice(name?.length)}`;
  const types = typesOf(exportOf(found.manifest, part)) ?? (part === '.' ? found.manifest.types : undefined);
  return types === undefined ? undefined : join(found.folder, types);
}

function findPackage(name: string, folder: string): InstalledPackage | undefined {
  const own = readPackage(folder);
  // A package may import itself by its own name.
  if (own?.manifest.name === name) return own;
  for (let at = folder; ; at = dirname(at)) {
    const found = readPackage(join(at, 'node_modules', name));
    if (found) return found;
    if (dirname(at) === at) return undefined;
  }
}

function readPackage(folder: string): InstalledPackage | undefined {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) return undefined;
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  return parsed.success ? { folder, manifest: parsed.data } : undefined;
}

function exportOf(manifest: Manifest, part: string): unknown {
  const { exports } = manifest;
  return typeof exports === 'object' && exports !== null ? (exports as Record<string, unknown>)[part] : undefined;
}

/** The first `types` among nested conditions. */
function typesOf(conditions: unknown): string | undefined {
  if (typeof conditions !== 'object' || conditions === null) return undefined;
  const { types } = conditions as { readonly types?: unknown };
  if (typeof types === 'string') return types;
  return Object.values(conditions)
    .map(typesOf)
    .find((found) => found !== undefined);
}
