import { delimiter, join } from 'node:path';
import { isExecutable } from './file-checks.js';

/** The full path of a program on `PATH`, or `undefined`. It is not run, so a wrapper that fails still counts. */
export async function findOnPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, program);
    if (folder !== '' && (await isExecutable(file))) return file;
  }
  return undefined;
}
