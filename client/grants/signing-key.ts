import { randomBytes } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { FailureType, PawlError } from '../../plan/failure.js';

/** Whom a key may sign for; without a list, for anybody. */
export interface KeyLimits {
  readonly names?: readonly string[];
  readonly roles?: readonly string[];
}

/** The halves of a key as JSON Web Keys: one stays with who signs, the other goes to the workers. */
export interface GrantKeyPair {
  readonly privateKey: JWK;
  readonly publicKey: JWK;
}

/** A key that signs grants. */
export interface SigningKey {
  /** Its id, by which workers find the public half. */
  readonly id: string;
  readonly key: CryptoKey;
}

/** Makes a new pair of Ed25519 keys. The limits stand in the public half, which the workers heed. */
export async function makeKeyPair({ names, roles }: KeyLimits = {}): Promise<GrantKeyPair> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const kid = randomBytes(8).toString('base64url');
  const about = { kid, alg: 'EdDSA', use: 'sig' };
  return {
    privateKey: { ...(await exportJWK(privateKey)), ...about },
    publicKey: { ...(await exportJWK(publicKey)), ...about, ...(names && { names }), ...(roles && { roles }) },
  };
}

/**
 * Reads the private half of a key, as `pawl grants keygen` writes it.
 * @throws PawlError `InvalidInput` for anything else; the message has nothing of the text.
 */
export async function readSigningKey(text: string): Promise<SigningKey> {
  const jwk = parse(text);
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.d !== 'string' || !jwk.kid)
    throw notAKey('it is not the private half of an Ed25519 key with an id');
  const key = await importJWK(jwk, 'EdDSA').catch(() => {
    throw notAKey('its numbers make no key');
  });
  return { id: jwk.kid, key: key as CryptoKey };
}

function parse(text: string): JWK {
  try {
    return Object(JSON.parse(text)) as JWK;
  } catch {
    // The parser's message has a piece of the text.
    throw notAKey('it is not JSON');
  }
}

function notAKey(why: string): PawlError {
  return new PawlError(FailureType.InvalidInput, `the key for signing grants cannot be used: ${why}`, {
    hint: 'Make one with: pawl grants keygen --out grant-key.json',
    retryable: false,
  });
}
