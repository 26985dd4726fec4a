import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/**
 * Extracts some files of a zip archive.
 *
 * @param place gives, for a name in the archive, the path to write it to, or `undefined` to leave it out.
 * @throws Error when the archive is damaged.
 */
export async function unzip(archive: string, place: (name: string) => string | undefined): Promise<void> {
  const zip = await openPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const file = entry.fileName.endsWith('/') ? undefined : place(entry.fileName);
    if (file === undefined) continue;
    await mkdir(dirname(file), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file));
  }
}
