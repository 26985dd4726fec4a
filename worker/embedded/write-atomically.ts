import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

const OWNER_ONLY = 0o600;

/** Replaces a file all at once: a reader, or a machine that stops, finds the old text or the new one. Mode 0600. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', OWNER_ONLY);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
