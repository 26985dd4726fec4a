import { ApplicationFailure } from '@temporalio/workflow';
import { FailureType } from '../plan/failure.js';
import { isJsonObject } from '../plan/json.js';
import { suggestName } from '../plan/suggest.js';
import { sizeOf } from './fit-table.js';

/** What a field of a request may be; `any` includes that it is absent. */
export type FieldKind = 'text' | 'text?' | 'token?' | 'boolean?' | 'any';

/** Texts that people write into a request go into histories and results. In characters. */
const MAX_TEXT = 2000;
/** A token has what it signs in it, encoded. */
const MAX_TOKEN = 16_000;
/** Several requests at once travel in one message, which the server takes up to 4 MB. */
const MAX_VALUE_BYTES = 250_000;

/** A refusal that whoever sent the request reads. */
export function refusal(message: string, type: FailureType = FailureType.InvalidInput): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}

/**
 * Makes sure that a request says what its sender meant: a misspelt `approved` would count as consent.
 * @throws ApplicationFailure `InvalidInput` for the first thing that is wrong.
 */
export function checkShape(request: unknown, fields: Readonly<Record<string, FieldKind>>): void {
  if (!isJsonObject(request as never)) throw refusal(`the input must be an object: ${exampleOf(fields)}`);
  const known = Object.keys(fields);
  for (const key of Object.keys(request as object)) {
    if (!known.includes(key)) throw refusal(`the input has no field "${key}". ${suggestName(key, known)}`);
  }
  for (const [key, kind] of Object.entries(fields)) checkField(key, kind, (request as Record<string, unknown>)[key]);
}

function checkField(key: string, kind: FieldKind, value: unknown): void {
  if (kind === 'any') checkSize(key, value);
  if (kind === 'any' || (value === undefined && kind.endsWith('?'))) return;
  if (kind === 'boolean?') {
    if (typeof value !== 'boolean') throw refusal(`"${key}" must be true or false, not ${JSON.stringify(value)}`);
    return;
  }
  if (typeof value !== 'string' || (kind === 'text' && value === '')) throw refusal(`"${key}" must be a text`);
  const most = kind === 'token?' ? MAX_TOKEN : MAX_TEXT;
  if (value.length > most)
    throw refusal(`"${key}" has ${value.length} characters; at most ${most} are kept with a run`);
}

function checkSize(key: string, value: unknown): void {
  const bytes = value === undefined ? 0 : sizeOf(value);
  if (bytes <= MAX_VALUE_BYTES) return;
  const hint = 'put what is large where a step can read it, and send its address';
  throw refusal(`"${key}" has ${bytes} bytes; at most ${MAX_VALUE_BYTES} bytes travel through a history: ${hint}`);
}

function exampleOf(fields: Readonly<Record<string, FieldKind>>): string {
  return `{ ${Object.keys(fields)
    .map((key) => `"${key}": …`)
    .join(', ')} }`;
}
