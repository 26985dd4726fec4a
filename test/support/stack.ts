import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client, Connection } from '@temporalio/client';
import { openStore, type Store } from '../../store/index.js';
import type { Stack } from '../../worker/embedded/index.js';
import { connectClient } from '../../worker/temporal/connect.js';
import { startTestServers } from './servers.js';

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url));

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

/** A private stack with the command line pointed at it: embedded, or a cluster where `PAWL_TEST_STACK` says so. */
export interface TestStack {
  readonly stack: Stack;
  readonly client: Client;
  readonly store: Store;
  /** Runs `pawl` to its end. */
  pawl(...args: string[]): Promise<CommandResult>;
  /** Starts `pawl` and leaves it running. */
  launch(...args: string[]): RunningCommand;
  /** Starts `pawl worker`; resolves when it is ready. */
  startWorker(): Promise<ChildProcess>;
  stop(): Promise<void>;
}

export async function startTestStack(): Promise<TestStack> {
  const state = await mkdtemp(join(tmpdir(), 'pawl-test-'));
  await chmod(state, 0o711);
  const { stack, variables } = await startTestServers(state, projectFolder);
  const { client, connection } = await connectClient({ address: stack.temporalAddress, namespace: 'default' });
  const store = await openStore({ databaseUrl: stack.databaseUrl, artifacts: stack.artifacts });
  const children: ChildProcess[] = [];
  const launch = (args: readonly string[]): ChildProcess => {
    const env = { ...process.env, ...variables };
    const child = spawn(process.execPath, ['bin/pawl.js', ...args], { cwd: projectFolder, env });
    children.push(child);
    return child;
  };
  return {
    stack,
    client,
    store,
    pawl: (...args) => collect(launch(args)),
    launch: (...args) => observe(launch(args)),
    startWorker: () => readyWorker(launch(['worker'])),
    stop: () => stopAll(children, { connection, store, stack, state }),
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

interface Opened {
  readonly connection: Connection;
  readonly store: Store;
  readonly stack: Stack;
  readonly state: string;
}

async function stopAll(children: readonly ChildProcess[], { connection, store, stack, state }: Opened): Promise<void> {
  const alive = children.filter((child) => child.exitCode === null && child.signalCode === null);
  for (const child of alive) child.kill('SIGKILL');
  await Promise.all(alive.map((child) => once(child, 'close')));
  await connection.close();
  await store.close();
  await stack.release();
  await rm(state, { recursive: true, force: true });
}
