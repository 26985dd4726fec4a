import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lastLines, runCommand } from '../../../worker/provision/run-command.js';

const quiet = { label: 'testing', log: () => {} };
const script = (source: string) => ['-e', source];

test('gives the output of both streams and the success', async () => {
  const source = 'console.log("out"); console.error("err")';
  const result = await runCommand(process.execPath, script(source), quiet);
  expect(result).toMatchObject({ ok: true, timedOut: false });
  expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out']);
});

test('a command that fails or does not exist is not ok, and says why', async () => {
  expect(await runCommand(process.execPath, script('process.exit(3)'), quiet)).toMatchObject({ ok: false });
  const absent = await runCommand('no-such-program', [], quiet);
  expect(absent.ok).toBe(false);
  expect(absent.output).toContain('no-such-program');
});

test('the limit ends the command', async () => {
  const result = await runCommand(process.execPath, script('setInterval(() => {}, 1000)'), {
    ...quiet,
    timeoutMs: 300,
  });
  expect(result).toMatchObject({ ok: false, timedOut: true });
});

test('when the parent is killed, the command and its children end', async () => {
  const supervisor = join(import.meta.dirname, '../../../worker/provision/supervise.mjs');
  const grandchild = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    console.log(process.pid, child.pid);
    setInterval(() => {}, 1000);`;
  const parent = spawn(
    process.execPath,
    script(`
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ${JSON.stringify([supervisor, process.execPath, '-e', grandchild])}, { stdio: ['pipe', 1, 2] });`),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(parent.stdout, 'data');
  const pids = String(line).trim().split(' ').map(Number);
  expect(pids.map(isRunning)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await expect.poll(() => pids.map(isRunning), { timeout: 10_000 }).toEqual([false, false]);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the last lines leave out the empty ones', () => {
  expect(lastLines('a\n\n b \nc\n\n', 2)).toBe('b | c');
});
