import { isJsonObject, type Json } from '../../plan/json.js';
import { suggestName } from '../../plan/suggest.js';
import { describeShape, listIn, type Shape, valueText } from './shape.js';

/** A value that was read from text, or why there is none. */
export type Reading = { readonly value: Json } | { readonly problem: string };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Reads what was written on the command line as a value of a shape. Bounds and patterns are left to the schema. */
export function readText(text: string, shape: Shape): Reading {
  switch (shape.kind) {
    case 'text':
      return { value: text };
    case 'any':
      return { value: jsonOr(text, text) };
    case 'boolean':
      return readOneOf(text, [true, false]);
    case 'null':
      return readOneOf(text, [null]);
    case 'choice':
      return readOneOf(text, shape.values);
    case 'number':
      return readNumber(text, shape.whole);
    case 'list':
      return readJson(text, 'a JSON array', Array.isArray);
    case 'object':
      return readJson(text, 'a JSON object', isJsonObject);
    case 'either':
      return readEither(text, shape);
  }
}

/** The array that a text is, where it stands for a whole list and not for one of its items. */
export function readWholeList(text: string, shape: Shape): readonly Json[] | undefined {
  const list = listIn(shape);
  const value = jsonOr(text, undefined);
  if (!list || !Array.isArray(value)) return undefined;
  const item = list.first[0] ?? list.rest;
  return item && listIn(item) && !value.every((each) => Array.isArray(each)) ? undefined : value;
}

function readOneOf(text: string, values: readonly Json[]): Reading {
  const found = values.find((value) => valueText(value) === text);
  if (found !== undefined) return { value: found };
  return { problem: `"${text}" is not one of the values. ${suggestName(text, values.map(valueText))}` };
}

function readNumber(text: string, whole: boolean): Reading {
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) return { problem: `"${text}" is not a number` };
  return whole && !Number.isInteger(value) ? { problem: `"${text}" is not a whole number` } : { value };
}

function readJson(text: string, what: string, fits: (value: unknown) => boolean): Reading {
  const value = jsonOr(text, undefined);
  return value !== undefined && fits(value) ? { value } : { problem: `"${text}" is not ${what}` };
}

/** Text fits everything, so it is tried last. */
function readEither(text: string, shape: Extract<Shape, { kind: 'either' }>): Reading {
  const ways = [...shape.of].sort((a, b) => Number(isLoose(a)) - Number(isLoose(b)));
  const readings = ways.map((way) => readText(text, way));
  const found = readings.find((reading) => 'value' in reading);
  if (found) return found;
  // `null` beside one other way is not worth a word when the other did not fit.
  const other = ways.flatMap((way, index) => (way.kind === 'null' ? [] : [readings[index]!]));
  return other.length === 1 ? other[0]! : { problem: `"${text}" is none of ${describeShape(shape)}` };
}

const isLoose = ({ kind }: Shape): boolean => kind === 'text' || kind === 'any';

function jsonOr<T>(text: string, otherwise: T): Json | T {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return otherwise;
  }
}
