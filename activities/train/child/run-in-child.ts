import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Progress } from '../../../dsl/context.js';
import { FailureType, PawlError } from '../../../plan/failure.js';
import type { Json } from '../../../plan/json.js';
import { lastOutput } from './last-output.js';
import type { ChildFailure, ChildMessage, ParentMessage } from './messages.js';

export interface ChildOptions {
  /** One of the tasks in `child-main`. */
  readonly task: string;
  readonly input: Json;
  /** Kills the child, whatever it is doing. */
  readonly signal: AbortSignal;
  /** The GPUs it may use, as `CUDA_VISIBLE_DEVICES` takes them. Default: those of this process. */
  readonly devices?: readonly string[];
  readonly onProgress: (progress: Progress) => void;
  /** Makes a checkpoint safe; the child goes on meanwhile. */
  readonly onCheckpoint?: (step: number, folder: string) => Promise<void>;
}

/**
 * Runs a task in a child process, so that hours of arithmetic neither block the worker nor take it down. The child ends
 * with its parent: it exits when the channel between them closes.
 *
 * @throws PawlError the task's own failure; `StepFailed` when the child dies; the signal's reason when aborted.
 */
export async function runInChild(options: ChildOptions): Promise<Json> {
  options.signal.throwIfAborted();
  const child = startChild(options.devices);
  const kill = () => child.kill('SIGKILL');
  options.signal.addEventListener('abort', kill);
  let saving = Promise.resolve();
  const onCheckpoint: ChildOptions['onCheckpoint'] = (step, folder) => {
    saving = options.onCheckpoint?.(step, folder) ?? Promise.resolve();
    return saving;
  };
  try {
    return await talk(child, { ...options, onCheckpoint });
  } finally {
    options.signal.removeEventListener('abort', kill);
    kill();
    // What a dead child has handed over still counts, and its folder is removed after this.
    await saving.catch(() => undefined);
  }
}

function startChild(devices: readonly string[] | undefined): ChildProcess {
  // The same folder holds the compiled file in a package and the source in a test.
  const entry = new URL(`./child-main${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return fork(fileURLToPath(entry), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      TF_CPP_MIN_LOG_LEVEL: '2',
      ...process.env,
      ...(devices && { CUDA_VISIBLE_DEVICES: devices.join(',') }),
    },
  });
}

function talk(child: ChildProcess, options: ChildOptions): Promise<Json> {
  const output = lastOutput(child);
  return new Promise((resolve, reject) => {
    const send = (message: ParentMessage) => child.connected && child.send(message, () => undefined);
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'progress') options.onProgress(message.progress);
      else if (message.kind === 'done') resolve(message.result);
      else if (message.kind === 'failed') reject(errorOf(message.failure));
      else options.onCheckpoint?.(message.step, message.folder).then(() => send({ kind: 'saved' }), reject);
    });
    child.on('error', reject);
    // `close` comes after the last message and the last output.
    child.on('close', (code, signal) => {
      reject(options.signal.aborted ? options.signal.reason : died(options.task, signal ?? `code ${code}`, output()));
    });
    send({ kind: 'start', task: options.task, input: options.input });
  });
}

function errorOf({ type, message, hint, retryable, stack }: ChildFailure): PawlError {
  const error = new PawlError(type, message, { retryable, ...(hint === undefined ? {} : { hint }) });
  if (stack) error.stack = stack;
  return error;
}

function died(task: string, how: string, output: string): PawlError {
  const last = output ? `\n${output}` : '';
  return new PawlError(FailureType.StepFailed, `the process of "${task}" ended with ${how}${last}`, {
    hint:
      how === 'SIGKILL' ? 'Out of memory is the usual reason: look at the system log.' : 'See its last output above.',
  });
}
