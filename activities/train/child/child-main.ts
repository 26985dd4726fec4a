/** The program of a child process: runs one task, tells its parent, and ends. */
import { tryModelTask } from '../../deliver/try-model-task.js';
import { evaluateTask } from '../../evaluate/evaluate-task.js';
import { trainTask } from '../train-task.js';
import { failureOf } from './failure-of.js';
import type { ChildMessage, ParentMessage, Task, TaskPort } from './messages.js';

const TASKS: Readonly<Record<string, Task>> = {
  train: trainTask,
  evaluate: evaluateTask,
  'try-model': tryModelTask,
};

// Nobody is left to work for.
process.on('disconnect', () => process.exit(1));
// Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
process.on('SIGINT', () => undefined);

let whenSaved = Promise.resolve();
let saved: () => void = () => undefined;

process.on('message', (message: ParentMessage) => {
  if (message.kind === 'saved') saved();
  else void run(message.task, message.input);
});

const port: TaskPort = {
  progress: (progress) => void send({ kind: 'progress', progress }),
  checkpoint: async (step, folder) => {
    await whenSaved;
    whenSaved = new Promise((resolve) => {
      saved = resolve;
    });
    await send({ kind: 'checkpoint', step, folder });
  },
};

async function run(name: string, input: Parameters<Task>[0]): Promise<void> {
  const end = await TASKS[name]!(input, port).then(
    async (result): Promise<ChildMessage> => {
      await whenSaved;
      return { kind: 'done', result };
    },
    (error: unknown): ChildMessage => ({ kind: 'failed', failure: failureOf(error) }),
  );
  await send(end);
  process.exit(0);
}

function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
