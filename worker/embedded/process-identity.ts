import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

/** One process for good: a process id alone is given to another process sooner or later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words. */
  readonly started: string;
}

/** What identifies a running process, or `undefined` when there is none (a zombie counts as none). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const started = process.platform === 'linux' ? await startOnLinux(pid) : await startFromPs(pid);
  return started === undefined ? undefined : { pid, started };
}

export async function isRunning({ pid, started }: ProcessIdentity): Promise<boolean> {
  return (await identify(pid))?.started === started;
}

/** `/proc/PID/stat` is `PID (name) state …`; the name may hold spaces, and field 22 is the start time. */
async function startOnLinux(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return started === undefined || state === 'Z' || state === 'X' ? undefined : started;
}

async function startFromPs(pid: number): Promise<string | undefined> {
  const ps = promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  const line = (await ps.catch(() => ({ stdout: '' }))).stdout.trim();
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** The program and arguments of a running process; `undefined` when they cannot be seen. */
export async function commandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
    return text?.replaceAll('\0', ' ');
  }
  const ps = promisify(execFile)('ps', ['-o', 'args=', '-p', `${pid}`]);
  return (await ps.catch(() => undefined))?.stdout;
}

/**
 * Names the set of processes that this one can see: a folder can be shared by machines and by containers,
 * and the process ids of one mean nothing in another. Only Linux tells; elsewhere all count as one.
 */
export async function processSpace(): Promise<string> {
  if (process.platform !== 'linux') return process.platform;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${boot.trim()} ${namespace}`;
}
