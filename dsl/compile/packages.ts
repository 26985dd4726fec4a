import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const manifestSchema = z.object({ name: z.string().optional(), version: z.string().optional() });

/** Name of the package an import specifier asks for: `pawl/ml` is of `pawl`. Undefined for Node's own modules. */
export function packageName(specifier: string): string | undefined {
  if (isBuiltin(specifier)) return undefined;
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The installed version of a package, found upwards from a folder as Node does; undefined when there is none. */
export function packageVersion(name: string, folder: string): string | undefined {
  const own = ownVersion(name, folder);
  if (own !== undefined) return own;
  for (let at = folder; ; at = dirname(at)) {
    const manifest = readManifest(join(at, 'node_modules', name, 'package.json'));
    if (manifest) return manifest.version ?? '0.0.0';
    if (dirname(at) === at) return undefined;
  }
}

// A package may import itself by its own name.
function ownVersion(name: string, folder: string): string | undefined {
  const manifest = readManifest(join(folder, 'package.json'));
  return manifest?.name === name ? (manifest.version ?? '0.0.0') : undefined;
}

function readManifest(path: string): z.infer<typeof manifestSchema> | undefined {
  if (!existsSync(path)) return undefined;
  const parsed = manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  return parsed.success ? parsed.data : undefined;
}
