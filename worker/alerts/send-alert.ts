import { FailureType, PawlError } from '../../plan/failure.js';
import type { Alert, Fault } from '../../plan/protocol.js';

/** The run an alert is about. */
export interface AlertedRun {
  readonly workflowId: string;
  readonly runId: string;
}

/** What is posted. `text` alone is what chat services show. */
export interface PostedAlert {
  readonly kind: Alert['kind'] | 'asked' | 'held' | 'half' | 'failed' | 'skipped-firing';
  readonly text: string;
  readonly environment: string;
  /** The same for every delivery of one alert, of which there may be several. */
  readonly id: string;
  readonly pipeline?: string;
  /** Workflow id. */
  readonly run?: string;
  readonly runId?: string;
  readonly node?: string;
  /** Whom it concerns. Absent: everybody. */
  readonly roles?: readonly string[];
  readonly faults?: readonly Fault[];
  /** When a held run fails, or an approval expires; ISO 8601, UTC. */
  readonly until?: string;
}

/** How long the receiver may take, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Posts an alert as JSON to `PAWL_ALERT_URL`; without it, nobody is told.
 * @throws PawlError `StoreUnavailable` when it was not taken, to be tried again; `InvalidInput` for what is no address.
 * Neither shows the address, which is often a secret.
 */
export async function sendAlert(alert: Alert, run: AlertedRun, environment: string): Promise<void> {
  const { PAWL_ALERT_URL: url } = process.env;
  if (!url) return;
  await postAlert(postedAlert(alert, run, environment), url);
}

/** Posts an alert as JSON. @throws PawlError as `sendAlert`. */
export async function postAlert(alert: PostedAlert, url: string): Promise<void> {
  const answer = await post(addressOf(url), alert);
  // Nobody reads it, and unread it keeps the connection.
  await answer.body?.cancel().catch(() => undefined);
  if (!answer.ok) throw notTaken(`answered ${answer.status}`);
}

function postedAlert(alert: Alert, { workflowId, runId }: AlertedRun, environment: string): PostedAlert {
  const text = `${workflowId}: ${alert.text}`;
  const id = [runId, alert.node, alert.kind, ...(alert.roles ?? [])].join('/');
  return { ...alert, text, run: workflowId, runId, environment, id };
}

function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new PawlError(FailureType.InvalidInput, 'PAWL_ALERT_URL is no http or https address', {
    hint: 'Set it to the address that takes a POST of JSON, as of a chat service.',
    retryable: false,
  });
}

async function post(url: URL, alert: PostedAlert): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alert),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (cause) {
    // Its message may have the address.
    throw notTaken(`could not be reached (${(cause as Error).name})`);
  }
}

function notTaken(what: string): PawlError {
  return new PawlError(FailureType.StoreUnavailable, `the receiver of alerts ${what}`, {
    hint: 'Check PAWL_ALERT_URL of the workers; it is tried again for an hour.',
  });
}
