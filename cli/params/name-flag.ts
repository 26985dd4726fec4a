import { kebab } from './find-param.js';
import { PARAM_PREFIX } from './parse-flags.js';
import { describeShape, type Shape, waysOf } from './shape.js';

/** The flag that sets a param. `taken` are the command's own flags, which come first. */
export function flagOf(path: readonly string[], taken: ReadonlySet<string>): string {
  const name = path.map(kebab).join('.');
  return taken.has(name) ? `--${PARAM_PREFIX}${name}` : `--${name}`;
}

/** The flag with what it takes, as `--epochs <integer>` or `--[no-]shuffle`. */
export function usageOf(path: readonly string[], shape: Shape, taken: ReadonlySet<string>): string {
  const flag = flagOf(path, taken);
  if (waysOf(shape).every(({ kind }) => kind === 'boolean')) {
    return flag.startsWith(`--${PARAM_PREFIX}`) ? `${flag}=<true|false>` : `--[no-]${flag.slice('--'.length)}`;
  }
  return `${flag} <${describeShape(shape)}>`;
}
