import { existsSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_ENVIRONMENT } from '../../plan/environment.js';
import { environmentName } from '../environment-name.js';
import { explainingFileErrors, stackError } from './stack-error.js';

/** SQLite, inside Temporal, takes paths of up to 512 bytes; this leaves room for the names of the files. */
const LONGEST_PATH = 460;

/** Where a project keeps what outlives its commands. */
export interface StateFolder {
  readonly folder: string;
  /** What Temporal remembers, as one SQLite file. */
  readonly temporalDb: string;
  readonly artifacts: string;
  readonly logs: string;
  /** Who serves this folder at the moment. Secret: it holds the password of Postgres. */
  readonly stackFile: string;
}

export interface StateOptions {
  /** A folder inside the project. Default: the current one. */
  readonly cwd?: string;
  /** The state folder itself. Default: `PAWL_STATE`, else `.pawl` in the project; for others than `dev` `env/NAME` in it. */
  readonly state?: string;
}

/**
 * Tells where the state of a project is: `options.state`, else `PAWL_STATE`, else `.pawl` beside the nearest
 * `package.json` from `options.cwd` upwards (in `cwd` itself when there is none); without `options.state`, an environment
 * of another name than `dev` (`PAWL_ENV`) has `env/NAME` in that. Nothing is read or made.
 */
export function locateState({ cwd = process.cwd(), state }: StateOptions = {}): StateFolder {
  const folder = state ? resolve(cwd, state) : stateOfEnvironment(cwd);
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  return {
    folder: real,
    temporalDb: join(real, 'temporal.db'),
    artifacts: join(real, 'artifacts'),
    logs: join(real, 'logs'),
    stackFile: join(real, 'stack.json'),
  };
}

function stateOfEnvironment(cwd: string): string {
  const { PAWL_STATE } = process.env;
  const base = PAWL_STATE ? resolve(cwd, PAWL_STATE) : join(findProject(resolve(cwd)), '.pawl');
  const name = environmentName();
  return name === DEFAULT_ENVIRONMENT ? base : join(base, 'env', name);
}

function findProject(cwd: string): string {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return cwd;
  }
}

/**
 * Makes the folders of the state if they are missing.
 * @throws PawlError when they cannot be made, with what to do about it.
 */
export async function makeState(options: StateOptions): Promise<StateFolder> {
  const { folder } = locateState(options);
  if (Buffer.byteLength(folder) > LONGEST_PATH) {
    throw stackError(
      `the path of the state folder has ${Buffer.byteLength(folder)} bytes, more than ${LONGEST_PATH}: ${folder}`,
      'Set PAWL_STATE to a shorter path.',
    );
  }
  return explainingFileErrors(`cannot make the state folder ${folder}`, async () => {
    await mkdir(folder, { recursive: true });
    const state = locateState({ state: folder });
    await mkdir(state.artifacts, { recursive: true });
    await mkdir(state.logs, { recursive: true });
    await keepOutOfGit(folder);
    return state;
  });
}

/** Data and a password must not be committed by accident, whatever the project ignores. */
async function keepOutOfGit(folder: string): Promise<void> {
  const file = join(folder, '.gitignore');
  if (!existsSync(file)) await writeFile(file, '*\n');
}
