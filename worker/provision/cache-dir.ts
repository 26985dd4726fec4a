import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder, one per user, where the parts that Pawl builds or unpacks are kept (Temporal, Postgres, TensorFlow).
 * `PAWL_CACHE` wins; else `$XDG_CACHE_HOME/pawl`; else `~/Library/Caches/pawl` on macOS and `~/.cache/pawl` elsewhere.
 * The folder may not exist yet.
 */
export function cacheDir(): string {
  if (process.env.PAWL_CACHE) return process.env.PAWL_CACHE;
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'pawl');
  return process.platform === 'darwin'
    ? join(homedir(), 'Library', 'Caches', 'pawl')
    : join(homedir(), '.cache', 'pawl');
}

/** Names the machine in the names of built parts: a home folder can be shared by machines of several kinds. */
export const platformName = `${process.platform}-${process.arch}`;
