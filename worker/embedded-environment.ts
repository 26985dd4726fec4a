import { join } from 'node:path';
import { taskQueueIn } from '../plan/environment.js';
import type { Stack } from './embedded/index.js';
import type { Environment } from './environment.js';
import { environmentName } from './environment-name.js';

/** What an embedded stack offers, as the environment of a name. Default: `PAWL_ENV`, else `dev`. */
export function environmentOf(stack: Stack, name = environmentName()): Environment {
  return {
    name,
    temporal: { address: stack.temporalAddress, namespace: 'default' },
    databaseUrl: stack.databaseUrl,
    artifacts: stack.artifacts,
    scratch: join(stack.state, 'scratch'),
    taskQueue: process.env.PAWL_TASK_QUEUE || taskQueueIn(name),
    uiUrl: stack.temporalUiUrl,
  };
}
