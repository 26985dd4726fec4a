import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeAtomically } from './write-atomically.js';

export const HOST = '127.0.0.1';

/** Below the ports that systems give to outgoing connections, so that a port is still free when it is wanted again. */
const FIRST = 20_000;
const COUNT = 10_000;
const TRIES = 100;

/** What the embedded stack of a project has a port for. */
export const STACK_PORTS = ['temporal', 'temporalUi', 'postgres'] as const;

/** A port for each use. */
export type Ports<Use extends string = (typeof STACK_PORTS)[number]> = Readonly<Record<Use, number>>;

/**
 * Chooses the ports of a project: those of the last time, so that bookmarks stay good; where one is taken by now,
 * another, which `log` is told. The first time they follow from the path of the folder.
 */
export async function choosePorts<const Use extends string>(
  folder: string,
  uses: readonly Use[],
  log: (line: string) => void,
): Promise<Ports<Use>> {
  const remembered = await readPorts(folder);
  const chosen = new Map<Use, number>();
  for (const use of uses) {
    const wanted = remembered[use];
    const port = await firstFree(candidates(folder, use, wanted), new Set(chosen.values()));
    chosen.set(use, port);
    if (wanted !== undefined && port !== wanted) log(`port ${wanted} is taken by another program; ${use} uses ${port}`);
  }
  return Object.fromEntries(chosen) as Ports<Use>;
}

export async function rememberPorts(folder: string, ports: Ports<string>): Promise<void> {
  await writeAtomically(portsFile(folder), JSON.stringify(ports));
}

/** True when a server could listen on this loopback port now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return free;
}

function portsFile(folder: string): string {
  return join(folder, 'ports.json');
}

async function readPorts(folder: string): Promise<Partial<Ports<string>>> {
  try {
    const entries = Object.entries<number>(JSON.parse(await readFile(portsFile(folder), 'utf8')));
    return Object.fromEntries(entries.filter(([, port]) => isPort(port)));
  } catch {
    return {};
  }
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536;
}

function* candidates(folder: string, use: string, wanted: number | undefined): Generator<number> {
  if (wanted !== undefined) yield wanted;
  const start = createHash('sha256').update(`${use} ${folder}`).digest().readUInt32BE();
  for (let i = 0; i < TRIES; i++) yield FIRST + ((start + i) % COUNT);
}

async function firstFree(ports: Iterable<number>, taken: ReadonlySet<number>): Promise<number> {
  for (const port of ports) if (!taken.has(port) && (await isFree(port))) return port;
  throw new Error(`no free port on ${HOST} between ${FIRST} and ${FIRST + COUNT - 1}`);
}
