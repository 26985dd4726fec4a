import { inspect } from 'node:util';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { isSecret } from '../../dsl/secret.js';
import { isPawlError, PawlError } from '../../plan/failure.js';
import { Rejection } from './failures.js';
import type { AttemptSecrets } from './secrets.js';

/** Deeper causes and details are left out: nobody reads them, and cycles end here. */
const MAX_DEPTH = 12;

/** An error with the same meaning and no secret in any of its texts. */
export function hideInError(error: unknown, secrets: AttemptSecrets, depth = 0): unknown {
  if (!secrets.any) return error;
  if (!(error instanceof Error)) return error === undefined ? undefined : secrets.hide(String(error));
  const cause = depth < MAX_DEPTH ? hideInError(error.cause, secrets, depth + 1) : undefined;
  const hidden = sameKind(error, cause, secrets);
  hidden.stack = secrets.hide(error.stack ?? '');
  return hidden;
}

function sameKind(error: Error, cause: unknown, secrets: AttemptSecrets): Error {
  const message = secrets.hide(error.message);
  if (error instanceof Rejection) return new Rejection(message, error.details);
  if (error instanceof CancelledFailure) return new CancelledFailure(message, hideList(error.details, secrets));
  if (error instanceof ApplicationFailure) return sameFailure(error, message, cause, secrets);
  if (isPawlError(error)) {
    const hint = error.hint === undefined ? {} : { hint: secrets.hide(error.hint) };
    return new PawlError(error.type, message, { ...hint, retryable: error.retryable, cause });
  }
  const plain = new Error(message, cause === undefined ? undefined : { cause });
  plain.name = secrets.hide(error.name);
  return plain;
}

function sameFailure(
  { type, nonRetryable, nextRetryDelay, category, details }: ApplicationFailure,
  message: string,
  cause: unknown,
  secrets: AttemptSecrets,
): Error {
  return ApplicationFailure.create({
    message,
    type: type == null ? undefined : secrets.hide(type),
    nonRetryable: nonRetryable ?? undefined,
    nextRetryDelay: nextRetryDelay ?? undefined,
    category: category ?? undefined,
    details: hideList(details, secrets),
    cause: cause instanceof Error ? cause : undefined,
  });
}

const hideList = (list: readonly unknown[] | null | undefined, secrets: AttemptSecrets): unknown[] =>
  (list ?? []).map((each) => hideInDetails(each, secrets));

/** What a step says about its work, with no secret in any of its texts. */
export function hideInDetails(value: unknown, secrets: AttemptSecrets, depth = 0): unknown {
  if (!secrets.any || value === null || value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'string') return secrets.hide(value);
  if (isSecret(value)) return String(value);
  if (depth > MAX_DEPTH) return '…';
  if (value instanceof Error) return hideInError(value, secrets, depth);
  if (Array.isArray(value)) return value.map((part) => hideInDetails(part, secrets, depth + 1));
  if (isPlain(value)) {
    const parts = Object.entries(value);
    return Object.fromEntries(
      parts.map(([key, part]) => [secrets.hide(key), hideInDetails(part, secrets, depth + 1)] as const),
    );
  }
  return hideInOther(value, secrets);
}

/** Numbers, dates, maps, class instances: kept unless a text of theirs gives something away. */
function hideInOther(value: unknown, secrets: AttemptSecrets): unknown {
  const texts = [inspect(value, { depth: MAX_DEPTH, maxStringLength: null }), jsonOf(value), String(value)];
  return texts.some((text) => secrets.nameIn(text) !== undefined) ? secrets.hide(texts[0]!) : value;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
