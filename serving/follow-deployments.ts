import type { DeploymentStore } from '../store/index.js';
import type { ModelSet } from './model-set.js';

export interface FollowOptions {
  readonly pollMs?: number;
  readonly log: (line: string) => void;
}

/** A watch of the deployments that keeps a set of models up to date. */
export interface Following {
  /** Settles when the deployments have been read, or could not be for the first time. */
  readonly answered: Promise<void>;
  /** Why they cannot be read right now; null when they can. */
  trouble(): string | null;
  close(): Promise<void>;
}

/** Gives each change of the deployments to the models; during an outage the models stay as they are. */
export function followDeployments(
  deployments: DeploymentStore,
  models: ModelSet,
  { pollMs, log }: FollowOptions,
): Following {
  let trouble: string | null = null;
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const watch = deployments.watch(
    (current) => {
      models.apply(current);
      answer();
    },
    {
      pollMs,
      onTrouble: (error) => {
        trouble = error === null ? null : messageOf(error);
        log(trouble === null ? 'the database answers again' : `deployments cannot be read: ${trouble}`);
        answer();
      },
    },
  );
  return { answered, trouble: () => trouble, close: () => watch.close() };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
