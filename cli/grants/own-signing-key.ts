import { readFile } from 'node:fs/promises';
import { readSigningKey, type SigningKey } from '../../client/grants/signing-key.js';
import { FailureType, PawlError } from '../../plan/failure.js';

/**
 * The key that this process signs grants with: of a file, else of the file in `PAWL_GRANT_SIGNING_KEY`.
 * @returns null where there is none.
 * @throws PawlError `InvalidInput` for one that cannot be read.
 */
export async function ownSigningKey(file = process.env.PAWL_GRANT_SIGNING_KEY): Promise<SigningKey | null> {
  if (!file) return null;
  return readSigningKey(await textOf(file));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new PawlError(FailureType.InvalidInput, `the key for signing grants cannot be read from its file (${code})`, {
      hint: 'Check PAWL_GRANT_SIGNING_KEY, or --key: it is the path that `pawl grants keygen --out` wrote.',
      cause,
    });
  }
}
