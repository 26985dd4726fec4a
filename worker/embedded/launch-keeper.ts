import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastWords, readTail, rotateLog, withLogOpen } from './log-file.js';
import { explainingFileErrors, stackError, toError } from './stack-error.js';
import { readStackFile } from './stack-file.js';
import type { StateFolder } from './state-folder.js';

const EXIT_FAILED = 1;

/** A keeper that this process has started. */
export interface LaunchedKeeper {
  readonly pid: number;
  /** True when it has ended. @throws PawlError when it has ended because it could not do its work. */
  hasEnded(): Promise<boolean>;
}

/**
 * Starts a keeper that outlives this process, in a session of its own, so that Ctrl-C in this terminal does not reach it.
 * @throws PawlError when it cannot be started.
 */
export async function launchKeeper(state: StateFolder): Promise<LaunchedKeeper> {
  const logFile = join(state.logs, 'keeper.log');
  return explainingFileErrors('cannot start the embedded stack', async () => {
    await rotateLog(logFile);
    const from = existsSync(logFile) ? (await stat(logFile)).size : 0;
    const child = await withLogOpen(logFile, async (fd) => spawnDetached(state.folder, fd));
    let end: { code: number | null; signal: string | null } | undefined;
    child.once('exit', (code, signal) => {
      end = { code, signal };
    });
    const pid = child.pid!;
    return {
      pid,
      async hasEnded() {
        if (end?.signal || end?.code === EXIT_FAILED) throw await explainEnd(state, pid, await readTail(logFile, from));
        return end !== undefined;
      },
    };
  });
}

function spawnDetached(folder: string, log: number) {
  const { NODE_OPTIONS: _, ...env } = process.env; // A debugger's options would make the keeper wait for it.
  const child = spawn(process.execPath, ['--enable-source-maps', keeperProgram(), folder], {
    cwd: folder,
    detached: true,
    env,
    stdio: ['ignore', log, log],
  });
  child.unref();
  return child;
}

/** Run from source, as tests do, this file has no compiled keeper beside it: the one of the build serves. */
function keeperProgram(): string {
  const beside = fileURLToPath(new URL('./keeper.js', import.meta.url));
  const built = fileURLToPath(new URL('../../dist/worker/embedded/keeper.js', import.meta.url));
  const program = [beside, built].find((file) => existsSync(file));
  if (!program)
    throw stackError('Pawl is not built: dist/worker/embedded/keeper.js is missing', 'Run `npm run build`.');
  return program;
}

async function explainEnd(state: StateFolder, pid: number, output: string): Promise<Error> {
  const file = await readStackFile(state.stackFile);
  if (file?.keeper.pid === pid && file.problem) return toError(file.problem);
  return stackError(
    `the keeper of the embedded stack ended while it started: ${lastWords(output) || 'it said nothing'}`,
    `Try again; ${join(state.logs, 'keeper.log')} says more.`,
  );
}
