/**
 * Runs a command in a process group of its own, and ends the whole group when our standard input closes:
 * compilers and downloads must not go on after the process that wanted them was killed.
 * Plain JavaScript, because it is run by path: `node supervise.mjs COMMAND ARGS…`.
 */
import { spawn } from 'node:child_process';

const GRACE_MS = 2000;
const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true });

function signalGroup(signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function endGroup() {
  signalGroup('SIGTERM');
  setTimeout(() => {
    signalGroup('SIGKILL');
    process.exit(143);
  }, GRACE_MS);
}

process.stdin.on('end', endGroup).on('error', endGroup).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, endGroup);
child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code) => {
  signalGroup('SIGKILL');
  process.exit(code ?? 143);
});
