import { open } from 'node:fs/promises';
import type { Digest } from '../../plan/canonical.js';

const DIGEST = /sha256:[0-9a-f]{64}/g;
/** Longest text that a digest is. */
const DIGEST_LENGTH = 'sha256:'.length + 64;
const CHUNK_BYTES = 1 << 20;
/** How content begins that may name artifacts: JSON, whatever it says of itself. */
const JSON_BEGINS = new Set(['{', '[', '"'].map((character) => character.charCodeAt(0)));

/** The digests that a text mentions. */
export function digestsIn(text: string): ReadonlySet<Digest> {
  return new Set(text.match(DIGEST) as Digest[] | null);
}

/**
 * The digests that a file mentions, when it begins as JSON does: manifests of folders, values that were kept apart,
 * reports. Other content names no artifacts.
 */
export async function digestsInFile(path: string): Promise<ReadonlySet<Digest>> {
  const found = new Set<Digest>();
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let before = '';
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, at);
      if (bytesRead === 0 || (at === 0 && !JSON_BEGINS.has(buffer[0]!))) return found;
      const text = before + buffer.toString('latin1', 0, bytesRead);
      for (const digest of digestsIn(text)) found.add(digest);
      before = text.slice(-DIGEST_LENGTH + 1);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
