import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

type Variables = Readonly<Record<string, string>>;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly ended: Promise<CommandResult>;
  /** Whether its output has a text so many times. Default: once. */
  said(text: string, times?: number): boolean;
}

/** The command line with some variables set; what it started is ended at {@link TestCommands.stop}. */
export interface TestCommands {
  /** Runs `pawl` to its end. */
  run(args: readonly string[], more?: Variables): Promise<CommandResult>;
  /** Starts `pawl` and leaves it running. */
  launch(args: readonly string[], more?: Variables): RunningCommand;
  /** Starts `pawl worker`; resolves when it is ready. */
  startWorker(more?: Variables): Promise<ChildProcess>;
  stop(): Promise<void>;
}

/** What a command could otherwise take from the shell of whoever runs the tests. */
const CLEAR = { NO_COLOR: '1', DATABASE_URL: '', TEMPORAL_ADDRESS: '' };

export function startCommands(variables: Variables): TestCommands {
  const children: ChildProcess[] = [];
  const launch = (args: readonly string[], more: Variables = {}): ChildProcess => {
    const env = { ...process.env, ...CLEAR, ...variables, ...more };
    const child = spawn(process.execPath, ['bin/pawl.js', ...args], { cwd: projectFolder, env });
    children.push(child);
    return child;
  };
  return {
    run: (args, more) => collect(launch(args, more)),
    launch: (args, more) => observe(launch(args, more)),
    startWorker: (more) => readyWorker(launch(['worker'], more)),
    stop: () => endAll(children),
  };
}

function observe(child: ChildProcess): RunningCommand {
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const said = (text: string, times = 1): boolean => output.split(text).length > times;
  return { child, ended: collect(child), said };
}

async function collect(child: ChildProcess): Promise<CommandResult> {
  const output = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, ...output };
}

async function readyWorker(child: ChildProcess): Promise<ChildProcess> {
  let said = '';
  const ended = collect(child).then(({ code, stderr }) => {
    throw new Error(`the worker ended with ${code}: ${stderr}`);
  });
  const ready = new Promise<void>((resolve) => {
    child.stdout!.on('data', (text: string) => {
      said += text;
      if (said.includes('worker ready')) resolve();
    });
  });
  await Promise.race([ready, ended]);
  ended.catch(() => {});
  return child;
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(alive.map((child) => once(child, 'close')));
}
