import { closeSync, openSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';

const LARGEST_BYTES = 10_000_000;
const TAIL_BYTES = 4000;

/** Puts a log that has become large aside (as `FILE.1`); to be called before it is opened. */
export async function rotateLog(file: string): Promise<void> {
  const size = await stat(file).then(
    (info) => info.size,
    () => 0,
  );
  if (size > LARGEST_BYTES) await rename(file, `${file}.1`);
}

/** Gives `work` the file, open for appending, as a number that a child process can inherit. */
export async function withLogOpen<T>(file: string, work: (fd: number) => Promise<T>): Promise<T> {
  const fd = openSync(file, 'a');
  try {
    return await work(fd);
  } finally {
    closeSync(fd);
  }
}

/** What stands in a log after the byte `from`, at most the last 4000 bytes of it. */
export async function readTail(file: string, from = 0): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

const TELLING = /PANIC|FATAL|ERROR|error:/;

/** The last lines of a log that say what went wrong, or just the last ones when none does, on one line. */
export function lastWords(text: string, count = 3): string {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  const telling = lines.filter((line) => TELLING.test(line));
  return (telling.length > 0 ? telling : lines).slice(-count).join(' | ');
}
