import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';

/** What an option `--value` says. @throws PawlError `InvalidInput` for what is no JSON. */
export function parseValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new PawlError(FailureType.InvalidInput, `--value is not JSON: ${(cause as Error).message}`, {
      hint: `Write it as --value '{"file":"labels.csv"}'; a text has quotes of its own: --value '"yes"'`,
      cause,
    });
  }
}

/** The same without what was not said. */
export function withoutUndefined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
