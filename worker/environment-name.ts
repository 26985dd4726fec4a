import { checkEnvironmentName, DEFAULT_ENVIRONMENT } from '../plan/environment.js';

/**
 * The name of the environment that this process works in: `PAWL_ENV`, else `dev`.
 * @throws PawlError `InvalidInput` for what cannot be one.
 */
export function environmentName(): string {
  return checkEnvironmentName(process.env.PAWL_ENV || DEFAULT_ENVIRONMENT);
}
