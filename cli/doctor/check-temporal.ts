import type { Connection } from '@temporalio/client';
import { connectClient } from '../../client/connect.js';
import { isPawlError } from '../../plan/failure.js';
import type { TemporalAddress } from '../../worker/environment.js';
import { attributeState, creationHint, retentionDays } from '../../worker/temporal/namespace-state.js';
import { type Finding, fine } from './finding.js';

/** The oldest server with all that Pawl uses. */
const OLDEST = [1, 29] as const;
/** A run that is held for the default of seven days must not be forgotten the moment it closes. */
const SHORT_RETENTION_DAYS = 3;

export interface CheckTemporalOptions {
  readonly temporal: TemporalAddress;
  /** Task queue of runs. */
  readonly taskQueue: string;
}

/** Whether a Temporal server can be reached, and whether its namespace has what runs need. Changes nothing. */
export async function checkTemporalServer({ temporal, taskQueue }: CheckTemporalOptions): Promise<readonly Finding[]> {
  try {
    const { connection } = await connectClient(temporal);
    try {
      return [
        await checkVersion(connection, temporal),
        await checkNamespace(connection, temporal.namespace),
        await checkAttributes(connection, temporal.namespace),
        await checkPollers(connection, temporal.namespace, taskQueue),
      ];
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!isPawlError(error)) throw error;
    return [{ name: 'Server', ok: false, detail: error.message, remedy: error.hint ?? null }];
  }
}

async function checkVersion(connection: Connection, temporal: TemporalAddress): Promise<Finding> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const [major = 0, minor = 0] = (serverVersion ?? '').split('.').map(Number);
  const detail = `Temporal ${serverVersion || 'of an unknown version'} at ${temporal.address}, ${wayIn(temporal)}`;
  if (!serverVersion || major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return fine('Server', detail);
  return { name: 'Server', ok: null, detail, remedy: `Pawl is tested with ${OLDEST.join('.')} and newer: update it.` };
}

/** Never the key itself. */
function wayIn({ tls, apiKey }: TemporalAddress): string {
  const certified = typeof tls === 'object' && tls !== null && tls.clientCertPair;
  const encryption = certified ? 'TLS with a client certificate' : tls ? 'TLS' : 'not encrypted';
  return apiKey ? `${encryption}, API key` : encryption;
}

async function checkNamespace(connection: Connection, namespace: string): Promise<Finding> {
  const days = await retentionDays(connection, namespace);
  const kept = days === null ? '' : `; histories of closed runs are kept for ${days === 1 ? 'a day' : `${days} days`}`;
  const detail = `${namespace}${kept}`;
  if (days === null || days >= SHORT_RETENTION_DAYS) return fine('Namespace', detail);
  const remedy = `For longer: temporal operator namespace update --namespace ${namespace} --retention 30d`;
  return { name: 'Namespace', ok: null, detail, remedy };
}

async function checkAttributes(connection: Connection, namespace: string): Promise<Finding> {
  const name = 'Attributes';
  const { missing, wrong } = await attributeState(connection, namespace);
  if (wrong.length > 0) {
    const remedy = 'Remove them there and create them as Keyword, or use another namespace.';
    return { name, ok: false, detail: `not of type Keyword: ${wrong.join(', ')}`, remedy };
  }
  if (missing.length === 0) return fine(name, 'all search attributes of runs are there');
  const remedy = `A worker creates them when it starts, if it may. If not: ${creationHint(namespace, missing)}`;
  return { name, ok: null, detail: `missing: ${missing.join(', ')}`, remedy };
}

async function checkPollers(connection: Connection, namespace: string, queue: string): Promise<Finding> {
  const { pollers } = await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: queue } });
  const workers = new Set(pollers?.map(({ identity }) => identity)).size;
  if (workers > 0) return fine('Workers', `${workers} on queue ${queue} in the last minutes`);
  return {
    name: 'Workers',
    ok: null,
    detail: `none on queue ${queue}`,
    remedy: 'Runs wait until one starts: pawl worker',
  };
}
