import { FailureType, PawlError } from '../../plan/failure.js';
import { grantKeys } from './grant-keys.js';

/**
 * Whether the runs that begin on this worker take only signed decisions: where `PAWL_GRANTS` is `required`.
 * @throws PawlError `InvalidInput` for another value, and for keys that nothing could be verified with.
 */
export async function grantsFromVariables(): Promise<'required' | undefined> {
  const { PAWL_GRANTS = '', PAWL_GRANT_KEYS } = process.env;
  if (!['', 'required', 'optional'].includes(PAWL_GRANTS)) {
    const hint = 'Set it to required or optional.';
    throw new PawlError(FailureType.InvalidInput, `PAWL_GRANTS is "${PAWL_GRANTS}"`, { hint });
  }
  const required = PAWL_GRANTS === 'required';
  if (required || PAWL_GRANT_KEYS) await grantKeys();
  return required ? 'required' : undefined;
}
