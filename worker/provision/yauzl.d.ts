/** The part of yauzl that is used here; the package has no types of its own. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  interface Entry {
    /** The path in the archive. yauzl refuses absolute paths and `..`. */
    readonly fileName: string;
  }

  interface ZipFile {
    eachEntry(): AsyncIterable<Entry>;
    openReadStreamPromise(entry: Entry): Promise<Readable>;
  }

  export function openPromise(file: string): Promise<ZipFile>;
}
