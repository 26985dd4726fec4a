import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder whose `include/node` has the headers of the running Node, when they lie beside its binary as they do in most
 * installations. `undefined`: node-gyp must find or download them.
 */
export function nodeHeaders(): string | undefined {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? prefix : undefined;
}
