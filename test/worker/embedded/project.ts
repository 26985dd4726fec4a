import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { poll } from '../../../worker/embedded/delay.js';
import { isRunning } from '../../../worker/embedded/process-identity.js';
import { readStackFile, type ServerRecord, type StackFile } from '../../../worker/embedded/stack-file.js';

const SHARED_DATA = '/var/lib/pawl/data';

/** A project folder that others can enter, so that Postgres' data of a test run by root is in it, too. */
export async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pawl-embedded-'));
  await chmod(folder, 0o755);
  return folder;
}

export async function removeProject(folder: string): Promise<void> {
  const id = await readFile(join(folder, '.pawl', 'postgres.id'), 'utf8').catch(() => '');
  if (id) await rm(join(SHARED_DATA, id), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}

export async function stackFile(folder: string): Promise<StackFile> {
  const file = await readStackFile(join(folder, '.pawl', 'stack.json'));
  if (!file) throw new Error(`${folder} has no stack.json`);
  return file;
}

/** The processes of a stack: the keeper and both servers. */
export async function processesOf(folder: string): Promise<ServerRecord[]> {
  const { keeper, servers } = await stackFile(folder);
  return [{ name: 'keeper', ...keeper }, ...servers];
}

export async function processOf(folder: string, name: string): Promise<ServerRecord> {
  return (await processesOf(folder)).find((one) => one.name === name)!;
}

/** True when, within `ms`, none of the processes runs any more. */
export async function areGone(processes: readonly ServerRecord[], ms: number): Promise<boolean> {
  const allGone = async () => !(await Promise.all(processes.map(isRunning))).includes(true);
  return poll(allGone, 20, ms);
}

/** The processes, guards too, that have the folder or one of its ports in their arguments, or the keeper's program. */
export async function remainsOf(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  const ports: Record<string, number> = JSON.parse(await readFile(join(folder, '.pawl', 'ports.json'), 'utf8'));
  const marks = [folder, ...Object.values(ports).map(String)];
  return stdout.split('\n').filter((line) => marks.some((mark) => line.includes(mark)));
}

export async function nothingRemains(folder: string): Promise<boolean> {
  return poll(async () => (await remainsOf(folder)).length === 0, 50, 3000);
}

export async function query(connectionString: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** A command in a process of its own that holds the stack. */
export interface Holder {
  readonly child: ChildProcess;
  /** The next thing it says. */
  says(): Promise<Record<string, unknown>>;
  exited(): Promise<void>;
}

export function startHolder(folder: string): Holder {
  const script = fileURLToPath(new URL('./hold-stack.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, join(folder, '.pawl')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    child,
    async says() {
      const { value, done } = await lines.next();
      if (done) throw new Error('the holder ended and said nothing');
      return JSON.parse(value);
    },
    exited: () => exit,
  };
}
