import { existsSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import { connectClient } from '../client/connect.js';
import { DEFAULT_ENVIRONMENT } from '../plan/environment.js';
import { openStore, type Store } from '../store/index.js';
import { projectRoot } from '../worker/code/check-packages.js';
import { acquireStack, locateState, type Stack } from '../worker/embedded/index.js';
import { environmentOf } from '../worker/embedded-environment.js';
import { type Environment, environmentFromVariables } from '../worker/environment.js';
import type { RunningWorker } from '../worker/start-worker.js';
import { chosenEnvironment } from './environment.js';
import { printNote } from './output.js';

/** What a command works with; everything it opened is closed at its end. */
export interface Session {
  readonly environment: Environment;
  /** Null where a deployment's own servers are used. */
  readonly stack: Stack | null;
  readonly root: string;
  store(): Promise<Store>;
  client(): Promise<Client>;
  /** Work for the end of the command, also when it ends by Ctrl-C; done before what was opened earlier is closed. */
  beforeClose(work: () => Promise<void>): void;
  /** Starts a worker in this process when the servers are this project's own; a deployment has its workers. */
  ensureWorker(): Promise<RunningWorker | null>;
}

/** The stack outlives a command by so much, so that the next one of a script finds it running. In milliseconds. */
const NEXT_COMMAND_MS = 2000;

/** Runs a command against the deployment that the environment variables name, else against the embedded stack. */
export async function withSession<T>(use: (session: Session) => Promise<T>): Promise<T> {
  const root = await projectRoot(process.cwd());
  const { folder } = locateState({ cwd: root });
  const deployed = environmentFromVariables(folder);
  if (!deployed) {
    noteNewEnvironment(folder);
    noteUnusedServer();
  }
  const stack = deployed ? null : await acquireStack({ cwd: root, log: printNote, graceMs: NEXT_COMMAND_MS });
  const closers: (() => Promise<void>)[] = stack ? [async () => stack.leave()] : [];
  const environment = deployed ?? environmentOf(stack!);
  const session: Session = {
    environment,
    stack,
    root,
    store: once(async () => {
      const { databaseUrl, artifacts, name } = environment;
      const store = await openStore({ databaseUrl, artifacts, environment: name });
      closers.push(() => store.close());
      return store;
    }),
    client: once(async () => {
      const { client, connection } = await connectClient(environment.temporal);
      closers.push(() => connection.close());
      return client;
    }),
    beforeClose: (work) => {
      closers.push(work);
    },
    ensureWorker: once(async () => {
      if (deployed) return null;
      // Most commands need none, and loading it takes as long as they do.
      const { startWorker } = await import('../worker/start-worker.js');
      const worker = await startWorker({ environment, root, logLevel: 'ERROR' });
      closers.push(() => worker.stop());
      return worker;
    }),
  };
  const close = once(() => closeAll(closers));
  const stopListening = onInterrupt(close);
  try {
    return await use(session);
  } finally {
    stopListening();
    await close();
  }
}

/** A mistyped name would make an environment of its own. */
function noteNewEnvironment(folder: string): void {
  const { name } = chosenEnvironment();
  if (name !== DEFAULT_ENVIRONMENT && !existsSync(folder))
    printNote(`environment "${name}" is new here: it begins empty`);
}

/** Half of a deployment's variables is no deployment, and nobody should look for their run on the wrong server. */
function noteUnusedServer(): void {
  const { TEMPORAL_ADDRESS } = process.env;
  if (TEMPORAL_ADDRESS)
    printNote(`TEMPORAL_ADDRESS (${TEMPORAL_ADDRESS}) is not used without DATABASE_URL: this is the embedded stack`);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Last opened, first closed; one that fails to close does not keep the others open. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of [...closers].reverse())
    await close().catch((error) => printNote(`while closing: ${String(error)}`));
}

/** Ctrl-C closes everything first; a second one ends at once. */
function onInterrupt(close: () => Promise<void>): () => void {
  let asked = false;
  const interrupt = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? 130 : 143;
    if (asked) process.exit(code);
    asked = true;
    printNote('stopping');
    void close().then(() => process.exit(code));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  };
}
