import { suggestName } from '../../plan/suggest.js';
import { either, type Param, type Shape, waysOf } from './shape.js';

/** A param, or a part of one, that a flag names. */
export type FoundParam =
  | { readonly path: readonly string[]; readonly shape: Shape }
  | { readonly path: null; readonly suggestion: string };

/** `learningRate` and `learning_rate` as `learning-rate`. */
export function kebab(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}

/** Finds what `--NAME` means: a param by its own name or in kebab case, or with dots a field of it. */
export function findParam(name: string, params: readonly Param[]): FoundParam {
  const whole = byName(name, params);
  if (whole) return { path: [whole.name], shape: whole.shape };
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const parent = byName(name.slice(0, dot), params);
    if (parent) return within(parent, name.slice(dot + 1));
  }
  return unknownAmong(name, params);
}

function within(parent: Param, rest: string): FoundParam {
  const fields = fieldsOf(parent.shape);
  const others = waysOf(parent.shape).flatMap((way) => (way.kind === 'object' && way.others ? [way.others] : []));
  const found = findParam(rest, fields);
  if (found.path) return { path: [parent.name, ...found.path], shape: found.shape };
  if (others.length > 0) return { path: [parent.name, rest], shape: either(others) };
  if (fields.length === 0) return { path: null, suggestion: `"${parent.name}" has no fields that flags could set.` };
  return { path: null, suggestion: prefixed(found.suggestion, parent.name) };
}

/** The fields of an object, or of all objects that it may be. */
export function fieldsOf(shape: Shape): readonly Param[] {
  const fields = waysOf(shape).flatMap((way) => (way.kind === 'object' ? way.fields : []));
  const names = [...new Set(fields.map(({ name }) => name))];
  return names.map((name) => {
    const same = fields.filter((field) => field.name === name);
    return same.length === 1 ? same[0]! : { ...same[0]!, shape: either(same.map((field) => field.shape)) };
  });
}

function byName(name: string, params: readonly Param[]): Param | undefined {
  const exact = params.find((param) => param.name === name);
  if (exact) return exact;
  const alike = params.filter((param) => kebab(param.name) === kebab(name));
  return alike.length === 1 ? alike[0] : undefined;
}

function unknownAmong(name: string, params: readonly Param[]): Extract<FoundParam, { path: null }> {
  const known = params.map((param) => kebab(param.name));
  return { path: null, suggestion: known.length === 0 ? 'It has no params.' : suggestName(kebab(name), known) };
}

/** A suggestion among a param's fields, with the param's name before them. */
function prefixed(suggestion: string, parent: string): string {
  return suggestion.replace('"', `"${kebab(parent)}.`).replace('There are:', `"${kebab(parent)}" has:`);
}
