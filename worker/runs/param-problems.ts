import { z } from 'zod';
import type { PipelineParts } from '../../dsl/pipeline.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { isJsonObject, type Json } from '../../plan/json.js';
import { suggestName } from '../../plan/suggest.js';

/** One thing that is wrong with the params of a run. */
export interface ParamProblem {
  /** Name, with dots into nested ones, as `opts.lr`; empty when it concerns them all. */
  readonly param: string;
  readonly message: string;
}

/** Params that were checked: what the run gets, or all that is wrong. */
export type CheckedParams =
  | { readonly value: Json; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly ParamProblem[] };

/** Checks params by the pipeline's schema, refinements included, and fills defaults in. */
export async function examineParams(
  { params: schema }: Pick<PipelineParts, 'params'>,
  params: unknown,
): Promise<CheckedParams> {
  const unknown = unknownParams(schema, params);
  const parsed = await schema.safeParseAsync(params);
  // A codec's params travel as they were written, not as a step sees them.
  const encoded = parsed.success ? await schema.safeEncodeAsync(parsed.data) : parsed;
  if (encoded.success && unknown.length === 0) return { value: encoded.data as Json, problems: [] };
  const wrong = (encoded.error?.issues ?? []).filter(isOfOne).map((issue) => problemOf(issue, params));
  return { value: null, problems: [...unknown, ...wrong] };
}

/** The one error for params that are wrong; it names each. */
export function invalidParams(
  pipeline: string,
  problems: readonly ParamProblem[],
  { hint, cause }: { hint: string; cause?: unknown },
): PawlError {
  const lines = problems.map(({ param, message }) => `  ✖ ${param === '' ? '' : `${param}: `}${message}`);
  const message = `the params do not fit pipeline "${pipeline}":\n${lines.join('\n')}`;
  return new PawlError(FailureType.InvalidParams, message, { hint, retryable: false, cause });
}

function unknownParams(schema: z.ZodType, params: unknown): readonly ParamProblem[] {
  if (!(schema instanceof z.ZodObject) || !isJsonObject(params)) return [];
  const { catchall } = schema.def;
  if (catchall && !(catchall instanceof z.ZodNever)) return [];
  const known = Object.keys(schema.shape);
  return Object.keys(params)
    .filter((name) => !known.includes(name))
    .map((name) => ({ param: name, message: `is not a param. ${suggestName(name, known)}` }));
}

type Issue = z.core.$ZodIssue;

/** Names that a strict object does not know are told one by one instead. */
const isOfOne = ({ code, path }: Issue): boolean => code !== 'unrecognized_keys' || path.length > 0;

function problemOf(issue: Issue, params: unknown): ParamProblem {
  const given = valueAt(params, issue.path);
  return { param: issue.path.map(String).join('.'), message: wordIssue(issue, given) };
}

function wordIssue(issue: Issue, given: unknown): string {
  if (given === undefined && issue.path.length > 0 && issue.code !== 'custom') return 'is required';
  if (issue.code === 'invalid_value') return `${issue.message}; it is ${shown(given)}${nearOf(issue.values, given)}`;
  if (issue.code === 'invalid_type' || issue.code === 'custom' || issue.code === 'unrecognized_keys') {
    return issue.message;
  }
  return `${issue.message}; it is ${shown(given)}`;
}

function nearOf(values: readonly unknown[], given: unknown): string {
  if (typeof given !== 'string') return '';
  const suggestion = suggestName(given, values.map(String));
  return suggestion.startsWith('Did you mean') ? `. ${suggestion}` : '';
}

const LONGEST_SHOWN = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}
