import { SourceMap } from 'node:module';
import { resolve } from 'node:path';
import type { Place } from './diagnostic.js';

/** Finds the source places behind the frames of a stack. */
export type FindPlace = (stack: string) => Place | undefined;

/**
 * Makes a finder for stacks of a bundle that was imported from a file of this name, unique in the process; the map's
 * sources are relative to `folder`. It gives the place of the innermost frame that is in the bundle.
 *
 * Node can map stacks itself, but only for the whole process and with other tools in its way. Those tools write paths
 * where Node writes URLs, so only the file's name is looked for.
 */
export function stackMapper(name: string, map: string, folder: string): FindPlace {
  const sourceMap = new SourceMap(JSON.parse(map));
  const frame = new RegExp(`${escapeRegExp(name)}:(\\d+)(?::(\\d+))?`);
  return (stack) => {
    const found = frame.exec(stack);
    if (!found) return undefined;
    const entry = sourceMap.findEntry(Number(found[1]) - 1, Number(found[2] ?? 1) - 1);
    if (!('originalSource' in entry)) return undefined;
    return {
      file: resolve(folder, entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
