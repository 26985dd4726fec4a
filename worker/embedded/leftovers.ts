import { poll } from './delay.js';
import { isRunning } from './process-identity.js';
import type { ServerRecord } from './stack-file.js';

/** A guard needs up to this long to end its server with all steps. */
const GUARD_MS = 10_000;

/**
 * Waits until the servers of a killed keeper are gone: their guards are at it, and one whose guard was killed too is
 * killed here. Two servers must never work on the same data.
 */
export async function endLeftovers(servers: readonly ServerRecord[], log: (line: string) => void): Promise<void> {
  await Promise.all(servers.map((server) => endLeftover(server, log)));
}

async function endLeftover(server: ServerRecord, log: (line: string) => void): Promise<void> {
  const isGone = async () => !(await isRunning(server));
  if (await isGone()) return;
  log(`waiting for ${server.name} of an interrupted stack to end`);
  if (await poll(isGone, 20, GUARD_MS)) return;
  log(`killing ${server.name} of an interrupted stack (process ${server.pid})`);
  process.kill(server.pid, 'SIGKILL');
  await poll(isGone, 20, GUARD_MS);
}
