import { Runtime } from '@temporalio/worker';
import type { Json } from '../../plan/json.js';
import type { AlertStore } from '../../store/index.js';
import type { PostedAlert } from './send-alert.js';

/** Keeps an alert to be sent, unless it was kept before; `null` only remembers its id. @returns whether it is new. */
export type RaiseAlert = (id: string, alert: Omit<PostedAlert, 'id'> | null) => Promise<boolean>;

/** As `RaiseAlert`; a new alert is logged. */
export async function raiseAlert(
  id: string,
  alert: Omit<PostedAlert, 'id'> | null,
  alerts: Pick<AlertStore, 'raise'>,
): Promise<boolean> {
  const isNew = await alerts.raise({ id, body: (alert && { id, ...alert }) as unknown as Json });
  if (isNew && alert) {
    const { kind, pipeline, run, until } = alert;
    Runtime.instance().logger.warn(alert.text, { alert: kind, pipeline, run, until });
  }
  return isNew;
}
