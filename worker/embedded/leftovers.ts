import { poll } from './delay.js';
import { isRunning } from './process-identity.js';
import type { ServerRecord } from './stack-file.js';

/** All the stop steps of a server together take up to this long. */
const STOP_MS = 10_000;

/**
 * Waits until the servers of a killed keeper are gone: their guards are at it, and where a guard was killed too, the
 * server is told from here. Two servers must never work on the same data.
 */
export async function endLeftovers(servers: readonly ServerRecord[], log: (line: string) => void): Promise<void> {
  await Promise.all(servers.map((server) => endLeftover(server, log)));
}

async function endLeftover(server: ServerRecord, log: (line: string) => void): Promise<void> {
  const isGone = async () => !(await isRunning(server));
  if (await isGone()) return;
  log(`waiting for ${server.name} of an interrupted stack to end`);
  signal(server, 'SIGINT');
  if (await poll(isGone, 20, STOP_MS)) return;
  log(`killing ${server.name} of an interrupted stack (process ${server.pid})`);
  signal(server, 'SIGKILL');
  await poll(isGone, 20, STOP_MS);
}

function signal({ pid }: ServerRecord, name: 'SIGINT' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It ended just now.
  }
}
