import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../../plan/canonical.js';

/** Large enough to be fast, small enough to hash without holding up the event loop (under a millisecond). */
const CHUNK_BYTES = 1024 * 1024;

/** Takes the content of a file, piece by piece. The piece is reused: take what you need before you return. */
export type TakeChunk = (chunk: Uint8Array) => void | Promise<void>;

export interface FileContent {
  readonly digest: Digest;
  readonly bytes: number;
}

/** Reads an open file from its beginning, in pieces, and says what it holds. */
export async function hashFile(file: FileHandle, take: TakeChunk = () => {}): Promise<FileContent> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, bytes);
    if (bytesRead === 0) return { digest: digestFrom(hash), bytes };
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    await take(chunk);
    bytes += bytesRead;
  }
}

/** SHA-256 of bytes, by the processor's own instructions where it has them. */
export function hashBytes(bytes: Uint8Array): Digest {
  return digestFrom(createHash('sha256').update(bytes));
}

function digestFrom(hash: Hash): Digest {
  return `sha256:${hash.digest('hex')}`;
}
