import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { connectClient } from '../../client/connect.js';
import { openStore, type Store } from '../../store/index.js';
import type { Stack } from '../../worker/embedded/index.js';
import { type CommandResult, projectFolder, type RunningCommand, startCommands } from './commands.js';
import { startTestServers } from './servers.js';

export { type CommandResult, projectFolder, type RunningCommand } from './commands.js';

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
  const commands = startCommands(variables);
  return {
    stack,
    client,
    store,
    pawl: (...args) => commands.run(args),
    launch: (...args) => commands.launch(args),
    startWorker: () => commands.startWorker(),
    stop: async () => {
      await commands.stop();
      await connection.close();
      await store.close();
      await stack.release();
      // What a failed test left running may still write for a moment.
      await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
