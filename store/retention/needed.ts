import type { Digest } from '../../plan/canonical.js';
import type { StoredObject } from '../artifacts/list-objects.js';
import { digestsInFile } from './mentions.js';
import type { Roots } from './roots.js';

/** Objects that something needs. */
export interface Needed {
  has(digest: Digest): boolean;
  /** What refers to it, then what refers to that, and at the end what all of it is needed for. */
  why(digest: Digest): readonly string[];
}

/** What was read of files before, by digest: content never changes. */
export type ReadMentions = Map<Digest, ReadonlySet<Digest>>;

/**
 * The roots, and whatever the content of a needed object mentions: files of folders, values kept apart and what is in
 * them.
 *
 * @throws the file system's error for an object that is there and cannot be read: what it needs is not known then.
 */
export async function followMentions(
  roots: Roots,
  objects: ReadonlyMap<Digest, StoredObject>,
  read: ReadMentions = new Map(),
): Promise<Needed> {
  const from = new Map<Digest, Digest | null>([...roots.keys()].map((digest) => [digest, null]));
  const left = [...from.keys()];
  for (let digest = left.pop(); digest !== undefined; digest = left.pop()) {
    const object = objects.get(digest);
    if (!object) continue;
    const mentions = read.get(digest) ?? (await digestsInFile(object.path));
    read.set(digest, mentions);
    for (const next of mentions) {
      if (from.has(next)) continue;
      from.set(next, digest);
      left.push(next);
    }
  }
  return { has: (digest) => from.has(digest), why: (digest) => chain(digest, from, roots) };
}

function chain(digest: Digest, from: ReadonlyMap<Digest, Digest | null>, roots: Roots): readonly string[] {
  const reasons: string[] = [];
  for (let at: Digest | null = digest; at !== null; ) {
    const root = roots.get(at);
    if (root !== undefined) return [...reasons, root];
    const next: Digest | null = from.get(at) ?? null;
    if (next !== null) reasons.push(`artifact ${next}`);
    at = next;
  }
  return reasons;
}
