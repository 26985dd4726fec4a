import { isJsonObject, type Json, type JsonObject } from '../../plan/json.js';
import type { Param, Shape } from './shape.js';

/** A required param that has no value yet, and where it belongs. */
export interface MissingParam {
  readonly path: readonly string[];
  /** The path with dots. */
  readonly param: string;
  readonly shape: Shape;
  readonly description: string;
}

/** Required params without a value. Of an object it is the fields that are missing. */
export function missingParams(
  params: readonly Param[],
  values: JsonObject,
  within: readonly string[] = [],
): readonly MissingParam[] {
  return params.flatMap((param): readonly MissingParam[] => {
    const path = [...within, param.name];
    const value = values[param.name];
    const fields = fieldsOfObject(param);
    if (value === undefined) {
      if (!param.required) return [];
      return fields ? missingOrSelf(fields, path, param) : [missingAt(path, param)];
    }
    return fields && isJsonObject(value) ? missingParams(fields, value, path) : [];
  });
}

/** The object itself where none of its fields need a value. */
function missingOrSelf(fields: readonly Param[], path: readonly string[], param: Param): readonly MissingParam[] {
  const inner = missingParams(fields, {}, path);
  return inner.length > 0 ? inner : [missingAt(path, param)];
}

function missingAt(path: readonly string[], { shape, description }: Param): MissingParam {
  return { path, param: path.join('.'), shape, description };
}

/** Fields of a plain object; an object that may have several forms is asked for as a whole. */
function fieldsOfObject({ shape }: Param): readonly Param[] | null {
  return shape.kind === 'object' && shape.fields.length > 0 ? shape.fields : null;
}

/** Names in a value that no param has, as dotted paths. */
export function unknownFields(
  params: readonly Param[],
  values: JsonObject,
  within = '',
): readonly { readonly param: string; readonly among: readonly Param[] }[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const param = params.find((each) => each.name === name);
    if (!param) return [{ param: `${within}${name}`, among: params }];
    const { shape } = param;
    if (shape.kind !== 'object' || shape.others || !isJsonObject(value as Json)) return [];
    return unknownFields(shape.fields, value as JsonObject, `${within}${name}.`);
  });
}
