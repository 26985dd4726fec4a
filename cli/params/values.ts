import { isJsonObject, type Json, type JsonObject } from '../../plan/json.js';

interface Setting {
  readonly path: readonly string[];
  readonly value: Json;
}

/** What the flags set, in any order; lists grow. */
export class Values {
  private readonly settings = new Map<string, Setting>();

  /** @returns false when it was set before. */
  set(path: readonly string[], value: Json): boolean {
    if (this.settings.has(keyOf(path))) return false;
    this.settings.set(keyOf(path), { path, value });
    return true;
  }

  /** @returns false when something else than a list was set before. */
  append(path: readonly string[], items: readonly Json[]): boolean {
    const known = this.settings.get(keyOf(path));
    if (known && !Array.isArray(known.value)) return false;
    this.settings.set(keyOf(path), { path, value: [...this.itemsAt(path), ...items] });
    return true;
  }

  lengthAt(path: readonly string[]): number {
    return this.itemsAt(path).length;
  }

  has(path: readonly string[]): boolean {
    return this.settings.has(keyOf(path));
  }

  /** `base` with what was set in place of what it has there. */
  over(base: JsonObject): JsonObject {
    // A whole object before its fields, whichever came first.
    const outerFirst = [...this.settings.values()].sort((a, b) => a.path.length - b.path.length);
    return outerFirst.reduce((params, { path, value }) => withValue(params, path, value), base);
  }

  private itemsAt(path: readonly string[]): readonly Json[] {
    const known = this.settings.get(keyOf(path))?.value;
    return Array.isArray(known) ? known : [];
  }
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** A copy of an object with a value at a path; objects on the way are made. */
export function withValue(object: JsonObject, [key, ...rest]: readonly string[], value: Json): JsonObject {
  if (key === undefined) return object;
  const inner = object[key];
  const next = rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value);
  return { ...object, [key]: next };
}
