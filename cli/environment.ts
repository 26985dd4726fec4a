import { checkEnvironmentName, DEFAULT_ENVIRONMENT } from '../plan/environment.js';
import { projectRoot } from '../worker/code/check-packages.js';
import { loadEnvironmentFiles } from '../worker/environment-files.js';

/** Which environment a command works in, and why. */
export interface ChosenEnvironment {
  readonly name: string;
  /** What chose it. */
  readonly source: string;
  /** Paths of the `.env` files that were read. */
  readonly files: readonly string[];
}

let chosen: ChosenEnvironment = { name: DEFAULT_ENVIRONMENT, source: 'the default', files: [] };

/**
 * Enters the environment of a command: `--env`, else `PAWL_ENV`, else `dev`; reads its `.env` files. What the command
 * starts is in the same one.
 * @throws PawlError `InvalidInput` for a name that is none and for lines that say nothing.
 */
export async function enterEnvironment(option: string | undefined): Promise<void> {
  const [name, source] = choose(option);
  checkEnvironmentName(name);
  const files = loadEnvironmentFiles({ root: await projectRoot(process.cwd()), name });
  process.env.PAWL_ENV = name;
  chosen = { name, source, files };
}

/** The environment that the command has entered. */
export function chosenEnvironment(): ChosenEnvironment {
  return chosen;
}

function choose(option: string | undefined): readonly [string, string] {
  if (option !== undefined) return [option, '--env'];
  if (process.env.PAWL_ENV) return [process.env.PAWL_ENV, 'PAWL_ENV'];
  return [DEFAULT_ENVIRONMENT, 'the default'];
}
