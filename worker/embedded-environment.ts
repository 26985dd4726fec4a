import { join } from 'node:path';
import { TASK_QUEUE } from '../plan/protocol.js';
import type { Stack } from './embedded/index.js';
import type { Environment } from './environment.js';

/** The environment that an embedded stack offers. */
export function environmentOf(stack: Stack): Environment {
  return {
    temporal: { address: stack.temporalAddress, namespace: 'default' },
    databaseUrl: stack.databaseUrl,
    artifacts: stack.artifacts,
    scratch: join(stack.state, 'scratch'),
    taskQueue: TASK_QUEUE,
    uiUrl: stack.temporalUiUrl,
  };
}
