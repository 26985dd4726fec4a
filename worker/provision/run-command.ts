import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TAIL_CHARACTERS = 16_000;
const PROGRESS_MS = 15_000;
const supervisor = fileURLToPath(new URL('./supervise.mjs', import.meta.url));

/** Where progress lines go. */
export type Log = (line: string) => void;

export interface RunCommandOptions {
  /** What is being done, for the progress lines: `building Temporal`. */
  readonly label: string;
  readonly log: Log;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The command is ended after this time. Default: no limit. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly ok: boolean;
  readonly timedOut: boolean;
  /** The end of standard output and standard error together. */
  readonly output: string;
}

/**
 * Runs a command that may take minutes: a line every 15 seconds says that it is still at work. It ends with this process,
 * also when this process is killed. It never throws: a command that does not exist gives `ok: false` as well.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunCommandOptions,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [supervisor, command, ...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const limit = startLimit(options.timeoutMs, () => child.kill('SIGTERM'));
  const progress = startProgress(options);
  let output = '';
  const keepTail = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-TAIL_CHARACTERS);
  };
  child.stdout.on('data', keepTail);
  child.stderr.on('data', keepTail);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(progress);
  limit.stop();
  return { ok: code === 0, timedOut: limit.reached(), output };
}

function startLimit(timeoutMs: number | undefined, end: () => void) {
  let reached = false;
  const timer = setTimeout(
    () => {
      reached = true;
      end();
    },
    timeoutMs ?? 2 ** 31 - 1,
  );
  return { reached: () => reached, stop: () => clearTimeout(timer) };
}

function startProgress({ label, log }: RunCommandOptions): NodeJS.Timeout {
  const started = Date.now();
  return setInterval(() => log(`still ${label} (${Math.round((Date.now() - started) / 1000)} s)`), PROGRESS_MS);
}

/** The last lines that say something, for an error message. */
export function lastLines(output: string, count = 3): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.filter(Boolean).slice(-count).join(' | ');
}
