import { createReadStream } from 'node:fs';

/** The first of some texts (as UTF-8) that a file contains. Reads it once, a part at a time. */
export async function findInFile(path: string, texts: readonly string[]): Promise<string | undefined> {
  const wanted = texts.map((text) => ({ text, bytes: Buffer.from(text) }));
  const longest = Math.max(1, ...wanted.map(({ bytes }) => bytes.length));
  let before: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const window = Buffer.concat([before, chunk as Buffer]);
    const found = wanted.find(({ bytes }) => window.includes(bytes));
    if (found) return found.text;
    // What may be the beginning of a text that ends in the next part.
    before = window.subarray(Math.max(0, window.length - longest + 1));
  }
  return undefined;
}
