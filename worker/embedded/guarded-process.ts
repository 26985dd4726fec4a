import { type ChildProcess, spawn } from 'node:child_process';
import type { UserIds } from '../provision/unprivileged-user.js';

/**
 * The shell turns into the server (`exec`), so the server's process id is the child's. Before that it leaves a guard
 * behind that reads the pipe from this process: the pipe closes when this process wants the server to stop, and also
 * when this process was killed. The guard then sends signal after signal. A word on the pipe means that the server has
 * ended by itself. The guard is started twice removed, because Postgres takes every child that dies for one of its own.
 */
const GUARD = `
exec 3<&0 </dev/null
( (
  cd /
  exec >/dev/null 2>&1
  read -r word <&3 && exit 0
  for step in $STOP_STEPS; do
    kill -s "\${step%:*}" $$ 2>/dev/null || exit 0
    tenths=\${step#*:}
    while [ "$tenths" -gt 0 ]; do
      sleep 0.1
      kill -0 $$ 2>/dev/null || exit 0
      tenths=$((tenths - 1))
    done
  done
) & )
unset STOP_STEPS
exec 3<&-
exec "$@"
`;

/** How to start a server and how to end it. */
export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Run as this user. Default: as the user of this process. */
  readonly user?: UserIds;
  /** Signals in the order they are sent, each with the tenths of a second until the next. */
  readonly stopSteps: readonly StopStep[];
}

export type StopStep = readonly [signal: 'INT' | 'TERM' | 'QUIT' | 'KILL', tenths: number];

/** A server that ends when it is told to, and when this process ends in any way. */
export interface GuardedProcess {
  readonly pid: number;
  /** Says how it ended: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Starts the stop steps; `ended` tells when they have worked. */
  stop(): void;
}

/**
 * Starts a server under a guard; what it prints goes to the open file `output`.
 * @throws when the shell cannot be started. A program that is missing shows as `exit code 127`.
 */
export async function startGuarded(command: ServerCommand, output: number): Promise<GuardedProcess> {
  const { program, args, cwd, env, user, stopSteps } = command;
  const steps = stopSteps.map(([signal, tenths]) => `${signal}:${tenths}`).join(' ');
  const child = spawn('/bin/sh', ['-c', GUARD, 'pawl-guard', program, ...args], {
    cwd,
    env: { ...env, STOP_STEPS: steps },
    stdio: ['pipe', output, output],
    ...user,
  });
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const pipe = child.stdin!;
  pipe.on('error', () => {}); // The guard may be gone already.
  return { pid: child.pid!, ended: endOf(child), stop: () => void pipe.end() };
}

async function endOf(child: ChildProcess): Promise<string> {
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('exit', (...how) => resolve(how)),
  );
  child.stdin!.end('ended\n');
  return signal ? `signal ${signal}` : `exit code ${code}`;
}
