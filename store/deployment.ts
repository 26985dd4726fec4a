import type { Json } from '../plan/json.js';

/** What is to be served under a name: its champion. */
export interface Deployment {
  readonly name: string;
  readonly version: number;
  /** The model as its training step returned it. */
  readonly model: Json;
  /** Since when it is champion. ISO 8601, UTC. */
  readonly since: string;
  /** The run that deployed it. */
  readonly run: string;
}

export type OnDeployments = (deployments: readonly Deployment[]) => void;
