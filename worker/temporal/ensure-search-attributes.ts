import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { FailureType, PawlError } from '../../plan/failure.js';
import { SearchAttribute } from '../../plan/protocol.js';

const { INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

/**
 * Makes sure the search attributes of runs exist: with one missing, a run's workflow task would fail for ever.
 * @throws PawlError `StoreUnavailable` when they are missing and may not be created from here.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const known = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SearchAttribute).filter((name) => !known.customAttributes?.[name]);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((cause) => {
    throw new PawlError(
      FailureType.StoreUnavailable,
      `namespace "${namespace}" lacks the search attributes ${missing.join(', ')}`,
      {
        hint: `Create them as Keyword: temporal operator search-attribute create ${missing.map((name) => `--name ${name} --type Keyword`).join(' ')}`,
        cause,
      },
    );
  });
}
