import { Problem } from './problem.js';

/**
 * The run that a path names, and what is asked of it: `/runs/ID` and `/runs/ID/approve`. An id may be written as it is
 * or encoded, also the slash after its environment.
 * @param verbs What may stand at the end.
 */
export function runTarget(
  url: string,
  verbs: readonly string[],
): { readonly run: string; readonly verb: string | null } {
  const parts = new URL(url).pathname.replace(/^\/runs\//, '').split('/');
  const last = parts.at(-1) ?? '';
  const verb = parts.length > 1 && verbs.includes(last) ? last : null;
  const run = (verb === null ? parts : parts.slice(0, -1)).map(decoded).join('/');
  return { run, verb };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Problem(
      400,
      `"${part.slice(0, 100)}" is no encoded text`,
      'Encode the run’s id as encodeURIComponent does.',
    );
  }
}

/** How a run's address is written. */
export function pathOfRun(run: string): string {
  return `/runs/${encodeURIComponent(run)}`;
}
