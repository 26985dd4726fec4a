import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { isPawlError } from '../../plan/failure.js';
import type { RaisedAlert, Store } from '../../store/index.js';
import type { Chore } from '../sweep/chore.js';
import { noticeRuns } from './notice-runs.js';
import { noticeSkippedFirings } from './notice-skipped.js';
import { type RaiseAlert, raiseAlert } from './raise-alert.js';
import { type PostedAlert, postAlert } from './send-alert.js';

export interface AlertParts {
  readonly client: Client;
  readonly store: Store;
  /** Name of the environment. */
  readonly environment: string;
  /** Pause between two times, in milliseconds. */
  readonly everyMs: number;
}

/** Who waits for a decision should hear of it soon. */
const SOON_MS = 5000;
const DAY_MS = 86_400_000;
/** With the pauses between them a little over an hour. */
const ATTEMPTS = 13;

/**
 * Tells people what has happened although nobody looks. What is noticed is logged and kept in Postgres, once, whichever
 * worker notices it; workers that know an address post it there until it is taken.
 */
export function alertChores(parts: AlertParts): readonly Chore[] {
  const { store, client, environment } = parts;
  const everyMs = Math.min(parts.everyMs, SOON_MS);
  const raise: RaiseAlert = (id, alert) => raiseAlert(id, alert, store.alerts);
  const firings = () => noticeSkippedFirings(client, environment, raise);
  const notice: Chore[] = [
    { name: 'notice-runs', everyMs, shared: true, run: () => noticeRuns(store.runs, environment, raise) },
    { name: 'notice-skipped-firings', everyMs: parts.everyMs, shared: true, run: firings },
    { name: 'forget-alerts', everyMs: DAY_MS, shared: true, run: () => store.alerts.forget(FORGET_MS) },
  ];
  const { PAWL_ALERT_URL: url } = process.env;
  if (!url) return notice;
  return [...notice, { name: 'send-alerts', everyMs, shared: false, run: () => sendDue(url, store) }];
}

const FORGET_MS = 90 * DAY_MS;

async function sendDue(url: string, { alerts }: Store): Promise<void> {
  const due = await alerts.take({ limit: 10, attempts: ATTEMPTS, maxAgeMs: DAY_MS });
  await Promise.all(due.map((alert) => send(alert, url, alerts)));
}

async function send({ id, body }: RaisedAlert, url: string, alerts: Store['alerts']): Promise<void> {
  try {
    await postAlert(body as unknown as PostedAlert, url);
    await alerts.sent(id);
  } catch (error) {
    const reason = isPawlError(error) ? error.message : 'it could not be noted that it was sent';
    Runtime.instance().logger.warn(`an alert was not sent, and will be tried again: ${reason}`, { id });
  }
}
