import { z } from 'zod';
import { codeName, isDefinition } from '../../dsl/definition.js';
import { type Quoted, quote } from '../../plan/binding.js';
import { canonicalJson, type Digest } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { CheckInput } from '../../plan/protocol.js';
import type { Store } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import { decodeValue, encodeValue, INLINE_BYTES } from '../steps/values.js';
import { unknownKeys } from './unknown-keys.js';

/** Where the run's code is loaded from, and values that are kept apart. */
export interface CheckParts {
  readonly code: { load(digest: Digest): Promise<Pick<LoadedCode, 'schemas' | 'steps' | 'definitions'>> };
  readonly store: Pick<Store, 'artifacts'>;
}

/**
 * Checks a value by a schema of the run's code: the params of a pipeline that is called in another one, the form of an
 * approval, the event of a `waitFor`, the output that somebody gives a step. Answers with the value as it travels, defaults filled in.
 * @throws PawlError `InvalidValue` that names every problem, not retryable.
 */
export async function checkValue({ code, schema: name, value }: CheckInput, parts: CheckParts): Promise<Quoted> {
  const loaded = await parts.code.load(code);
  const { definitions } = loaded;
  const schema = schemaNamed(name, loaded);
  const { artifacts } = parts.store;
  const decoded = await decodeValue(value, { artifacts, definitions });
  const unknown = unknownKeys(schema, decoded, name.startsWith('pipeline/') ? 'param' : 'field');
  const parsed = await schema.safeParseAsync(decoded);
  if (!parsed.success) throw invalid(name, [...unknown, z.prettifyError(parsed.error)].join('\n'));
  if (unknown.length > 0) throw invalid(name, unknown.join('\n'));
  const encoded = await schema.safeEncodeAsync(parsed.data);
  if (!encoded.success) throw invalid(name, z.prettifyError(encoded.error));
  const quoted = quoteChecked(name, encoded.data);
  const isSmall = Buffer.byteLength(JSON.stringify(quoted)) <= INLINE_BYTES;
  return isSmall ? quoted : encodeValue(plainJson(name, encoded.data), artifacts);
}

/** Names of the schema of a step's output, as `step/train/output`. */
const STEP_OUTPUT = /^step\/(.*)\/output$/s;

/** The name of the schema of a step's output. */
export function outputSchemaOf(step: string): string {
  return `step/${step}/output`;
}

function schemaNamed(name: string, { schemas, steps }: Pick<LoadedCode, 'schemas' | 'steps'>): z.ZodType {
  const step = STEP_OUTPUT.exec(name)?.[1];
  const schema = step === undefined ? schemas.get(name) : steps.get(step)?.declaration.output;
  if (schema) return schema;
  throw unknownSchema(name);
}

/** As `quote`; a definition becomes its name again. */
function quoteChecked(schema: string, value: unknown): Quoted {
  if (isDefinition(value)) return { $code: codeName(value) };
  if (Array.isArray(value)) return value.map((part) => quoteChecked(schema, part));
  if (isPlain(value) && !Object.keys(value).some((key) => key.startsWith('$'))) {
    const parts = Object.entries(value).filter(([, part]) => part !== undefined);
    return Object.fromEntries(parts.map(([key, part]) => [key, quoteChecked(schema, part)]));
  }
  return quote(plainJson(schema, value));
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function plainJson(schema: string, value: unknown): Json {
  try {
    return JSON.parse(canonicalJson((value ?? null) as Json)) as Json;
  } catch {
    throw invalid(schema, `✖ ${typeof value} cannot be written as JSON`);
  }
}

function invalid(schema: string, problems: string): PawlError {
  return new PawlError(FailureType.InvalidValue, `${subjectOf(schema)} match the schema:\n${problems}`, {
    hint: 'Nothing was changed by it.',
    retryable: false,
  });
}

function subjectOf(schema: string): string {
  const step = STEP_OUTPUT.exec(schema)?.[1];
  if (step !== undefined) return `the value for the output of step "${step}" does not`;
  const [kind, ...name] = schema.split('/');
  const id = name.join('/');
  return kind === 'pipeline' ? `the params of pipeline "${id}" do not` : `the value for "${id}" does not`;
}

function unknownSchema(name: string): PawlError {
  return new PawlError(FailureType.InvalidPlan, `the run's code has no schema "${name}"`, {
    hint: 'The plan and its code bundle do not belong together: publish the pipeline again.',
    retryable: false,
  });
}
