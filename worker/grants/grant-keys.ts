import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';

const publicKey = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.base64url(),
  kid: z.string().min(1),
  names: z.array(z.string().min(1)).optional(),
  roles: z.array(z.string().min(1)).optional(),
  d: z.undefined({ error: 'this is a private key: give the workers its public half only' }).optional(),
});

/** The public half of a key: whose grants count. `names` and `roles` limit for whom it may sign. */
export type GrantKey = z.infer<typeof publicKey>;

const keySet = z
  .looseObject({ keys: z.array(publicKey).min(1) })
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length, 'two keys have the same kid');

/**
 * The keys whose grants count, from `PAWL_GRANT_KEYS`: a JSON Web Key Set, or the path of a file with one. Read anew for
 * each grant, so that a key can be withdrawn while workers run.
 * @throws PawlError `InvalidInput` where there are none, or they cannot be read.
 */
export async function grantKeys(variable = process.env.PAWL_GRANT_KEYS): Promise<readonly GrantKey[]> {
  if (!variable) throw noKeys('this worker knows no keys for grants', 'Set PAWL_GRANT_KEYS on every worker.');
  const text = variable.trimStart().startsWith('{') ? variable : await readKeys(variable);
  return parseKeys(text);
}

async function readKeys(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw noKeys(`the keys for grants cannot be read (${(cause as NodeJS.ErrnoException).code})`, CHECK, cause);
  }
}

/** @throws PawlError `InvalidInput` for what is no set of public Ed25519 keys with ids. */
export function parseKeys(text: string): readonly GrantKey[] {
  const parsed = keySet.safeParse(json(text));
  if (parsed.success) return parsed.data.keys;
  const { path, message } = parsed.error.issues[0]!;
  throw noKeys(`the keys for grants are no set of Ed25519 keys: ${[...path.map(String), message].join(': ')}`, CHECK);
}

const CHECK = 'Check PAWL_GRANT_KEYS of the workers: {"keys":[…]}, each as `pawl grants keygen` prints it.';

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noKeys(message: string, hint: string, cause?: unknown): PawlError {
  return new PawlError(FailureType.InvalidInput, message, { hint, retryable: false, cause });
}
