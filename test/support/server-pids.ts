import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Stack } from '../../worker/embedded/index.js';

/** Process ids of an embedded server: those that listen where the stack says. Linux only. */
export async function serverPids(stack: Stack, server: 'postgres' | 'temporal'): Promise<number[]> {
  const address = server === 'postgres' ? new URL(stack.databaseUrl).port : stack.temporalAddress.split(':')[1]!;
  const inodes = await listeningInodes(Number(address));
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const holders = await Promise.all(pids.map(async (pid) => ((await holdsSocket(pid, inodes)) ? pid : null)));
  return holders.filter((pid) => pid !== null);
}

async function listeningInodes(port: number): Promise<Set<string>> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((row) => row.trim().split(/\s+/));
  return new Set(rows.filter((row) => row[1]?.endsWith(`:${hex}`) && row[3] === '0A').map((row) => row[9]!));
}

async function holdsSocket(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const handle of handles) {
    const target = await readlink(`/proc/${pid}/fd/${handle}`).catch(() => '');
    if (inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '')) return true;
  }
  return false;
}
