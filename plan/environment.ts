import { FailureType, PawlError } from './failure.js';
import { TASK_QUEUE } from './protocol.js';

/*
 * How the names of one environment differ from those of another. Those of `dev` are plain; all others begin with the
 * environment's name and a slash, with which no plain one begins: a dash would not do, since `pawl-gpu` is a queue of `dev`.
 */

/** The environment where none is chosen. */
export const DEFAULT_ENVIRONMENT = 'dev';

const LONGEST_NAME = 40;

/** @throws PawlError `InvalidInput` for what cannot name an environment. */
export function checkEnvironmentName(name: string): string {
  if (/^[a-z][a-z0-9-]*$/.test(name) && name.length <= LONGEST_NAME) return name;
  throw new PawlError(FailureType.InvalidInput, `"${name}" cannot name an environment`, {
    hint: `Use up to ${LONGEST_NAME} lower-case letters, digits and dashes, beginning with a letter: dev, staging, prod.`,
    retryable: false,
  });
}

/** A name as the servers that environments share know it, as `staging/pawl`. */
export function nameIn(environment: string, name: string): string {
  return `${prefixOf(environment)}${name}`;
}

/** Before every name of an environment: `staging/`; nothing for `dev`. */
export function prefixOf(environment: string): string {
  return environment === DEFAULT_ENVIRONMENT ? '' : `${environment}/`;
}

/** The task queue of an environment's runs; a step's own queue gets its name appended. */
export function taskQueueIn(environment: string): string {
  return nameIn(environment, TASK_QUEUE);
}

/**
 * The workflow id of a run that somebody named with or without its environment.
 * @throws PawlError `InvalidInput` for the id of another environment.
 */
export function runIdIn(environment: string, id: string): string {
  const prefix = prefixOf(environment);
  const own = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  if (!own.includes('/')) return `${prefix}${own}`;
  throw new PawlError(
    FailureType.InvalidInput,
    `"${id}" cannot be the id of a run of the environment "${environment}"`,
    {
      hint: 'A slash parts an environment from an id, as in staging/nightly: choose the environment with --env.',
      retryable: false,
    },
  );
}
