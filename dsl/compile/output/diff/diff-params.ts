import { isJsonObject, type Json, type JsonObject } from '../../../../plan/json.js';
import { type Difference, diffValues, sameValue } from './diff-values.js';

/** A param that was added, removed or changed. */
export interface ParamChange {
  readonly param: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** In `required`, `type`, `default`, and other keywords of its JSON Schema. */
  readonly details: readonly Difference[];
}

/** How the params of two plans differ, by their JSON Schemas. */
export function diffParams(from: Json, to: Json): readonly ParamChange[] {
  const [before, after] = [paramsOf(from), paramsOf(to)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((param): readonly ParamChange[] => {
    const [was, now] = [before.get(param), after.get(param)];
    if (sameValue(was, now)) return [];
    const change = was === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    return [{ param, change, details: diffValues('', was ?? {}, now ?? {}).flatMap(parts) }];
  });
}

/** A param that is all new, or gone, is told by its parts. */
function parts(difference: Difference): readonly Difference[] {
  if (difference.at !== '') return [difference];
  const side = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
  const [from, to] = [side(difference.from), side(difference.to)];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .flatMap((key) => diffValues(key, from[key], to[key]));
}

/** The schema of each param, with whether it is required; what it refers to is put in once. */
function paramsOf(schema: Json): ReadonlyMap<string, JsonObject> {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return new Map();
  const { properties, required, $defs } = schema;
  const needed = new Set(Array.isArray(required) ? required : []);
  return new Map(
    Object.entries(properties).map(([name, part]) => {
      const own = isJsonObject(part) ? part : { schema: part };
      const refers = $defs !== undefined && JSON.stringify(part).includes('"$ref"');
      return [name, { ...own, required: needed.has(name), ...(refers ? { definitions: $defs } : {}) }];
    }),
  );
}
