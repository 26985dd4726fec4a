import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { FailureType, PawlError } from '../../plan/failure.js';
import { awaitSearchAttributes } from './await-search-attributes.js';
import { attributeState, creationHint } from './namespace-state.js';

const { INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

/**
 * Makes sure the search attributes of runs exist and can be used: with one missing, a run's workflow task would fail for ever.
 * @throws PawlError `StoreUnavailable` when they are missing and may not be created from here, when one has another type,
 *   and when there is no such namespace.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { missing, wrong } = await attributeState(connection, namespace);
  if (wrong.length > 0) throw wrongType(namespace, wrong);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).catch(async (cause) => {
    // Several workers start together, and one is the first.
    if ((await attributeState(connection, namespace)).missing.length === 0) return;
    throw notMade(namespace, missing, cause);
  });
  await awaitSearchAttributes(connection, namespace, missing);
}

function notMade(namespace: string, missing: readonly string[], cause: unknown): PawlError {
  const message = `namespace "${namespace}" lacks the search attributes ${missing.join(', ')}, and this client may not create them`;
  const hint = creationHint(namespace, missing);
  return new PawlError(FailureType.StoreUnavailable, message, { hint, cause });
}

function wrongType(namespace: string, wrong: readonly string[]): PawlError {
  const message = `in namespace "${namespace}" the search attributes ${wrong.join(', ')} are of another type than Keyword`;
  return new PawlError(FailureType.StoreUnavailable, message, {
    hint: 'Remove or rename them there, and create them as Keyword; or use another namespace (TEMPORAL_NAMESPACE).',
    retryable: false,
  });
}
