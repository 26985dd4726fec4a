import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import { FailureType, PawlError } from './failure.js';
import type { Json } from './json.js';

/** A SHA-256 digest, written `sha256:` and 64 hexadecimal digits. */
export type Digest = `sha256:${string}`;

/**
 * Canonical JSON after RFC 8785: the same value gives the same bytes on any machine.
 * @throws PawlError `InvalidValue` for what JSON cannot carry (NaN, undefined, functions).
 */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value);
  if (text === undefined) throw new PawlError(FailureType.InvalidValue, 'the value cannot be written as JSON');
  return text;
}

/** SHA-256 of text (as UTF-8) or bytes. */
export function digestOf(content: string | Uint8Array): Digest {
  return `sha256:${bytesToHex(sha256(typeof content === 'string' ? utf8ToBytes(content) : content))}`;
}

/** SHA-256 of a value's canonical JSON. */
export function digestOfJson(value: Json): Digest {
  return digestOf(canonicalJson(value));
}

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text);
}
