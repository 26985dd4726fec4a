import { type Connection, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { FailureType, PawlError } from '../../plan/failure.js';
import { SearchAttribute } from '../../plan/protocol.js';

const { INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;
const DAY_S = 86_400;

/** gRPC's codes. */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
/** Temporal Cloud has no operator service for its users; a cluster may keep it from them. */
const NOT_FOR_US: readonly unknown[] = [7, 12, 16];

/** Names of the search attributes of runs that a namespace has not, or has with another type. */
export interface AttributeState {
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
}

/** What of the search attributes of runs a namespace has. @throws PawlError when the namespace does not exist. */
export async function attributeState(connection: Connection, namespace: string): Promise<AttributeState> {
  const names = Object.values(SearchAttribute);
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const typeOf = (name: string) => customAttributes?.[name];
    return {
      missing: names.filter((name) => !typeOf(name)),
      wrong: names.filter((name) => typeOf(name) && typeOf(name) !== INDEXED_VALUE_TYPE_KEYWORD),
    };
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) throw noNamespace(namespace, error);
    if (!NOT_FOR_US.includes(codeOf(error))) throw error;
    return { missing: await unknownInQueries(connection, namespace, names), wrong: [] };
  }
}

/** Whoever may not list search attributes may still use them: a query with an unknown one is refused. */
async function unknownInQueries(
  { workflowService }: Connection,
  namespace: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const known = await Promise.all(
    names.map((name) =>
      workflowService.countWorkflowExecutions({ namespace, query: `${name} = 'none'` }).then(
        () => true,
        (error) => {
          if (codeOf(error) === NOT_FOUND) throw noNamespace(namespace, error);
          if (codeOf(error) === INVALID_ARGUMENT) return false;
          throw error;
        },
      ),
    ),
  );
  return names.filter((_, i) => !known[i]);
}

/** How to make search attributes by hand, on a cluster and on Temporal Cloud. */
export function creationHint(namespace: string, names: readonly string[]): string {
  const own = `temporal operator search-attribute create --namespace ${namespace} ${names.map((name) => `--name ${name} --type Keyword`).join(' ')}`;
  const cloud = `tcld namespace search-attributes add --namespace ${namespace} ${names.map((name) => `--search-attribute "${name}=Keyword"`).join(' ')}`;
  return `Somebody who may must create them as Keyword: ${own}; on Temporal Cloud in its web console, or: ${cloud}`;
}

/** How long a namespace keeps the histories of closed runs, in days; null when the server does not say. */
export async function retentionDays({ workflowService }: Connection, namespace: string): Promise<number | null> {
  try {
    const { config } = await workflowService.describeNamespace({ namespace });
    const seconds = config?.workflowExecutionRetentionTtl?.seconds;
    return seconds ? Number(seconds) / DAY_S : null;
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) throw noNamespace(namespace, error);
    throw error;
  }
}

function noNamespace(namespace: string, cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, `the Temporal server has no namespace "${namespace}"`, {
    hint: `Check TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace ${namespace} --retention 30d`,
    cause,
  });
}

function codeOf(error: unknown): unknown {
  return isGrpcServiceError(error) ? error.code : undefined;
}
