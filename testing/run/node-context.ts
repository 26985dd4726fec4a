import type { StepContext } from '../../dsl/context.js';
import type { Checkpoints } from '../../plan/registry.js';
import { withoutEffects } from '../../worker/steps/light-context.js';
import { seedOf } from '../../worker/steps/seed-of.js';
import { memoryCheckpoints } from '../memory-checkpoints.js';
import { StepRejection } from '../step-rejection.js';
import type { LoggedLine } from '../test-context.js';
import type { RunParts } from './run-parts.js';

/** The context of a step that runs on a queue. */
export function nodeContext(id: string, parts: RunParts, signal: AbortSignal): StepContext {
  const { info, artifacts, registry, previous } = parts;
  let folder: string | undefined;
  return {
    ...commonContext(id, parts, signal),
    artifacts,
    registry,
    checkpoints: checkpointsOf(id, parts),
    get scratch() {
      folder ??= parts.makeFolder();
      return folder;
    },
    progress: () => {},
    previous: async (node = id) => {
      const output = previous[node];
      return output === undefined ? null : { run: `${info.pipeline}-before`, output };
    },
  };
}

/** The context of a light step, which has nothing to read or write. */
export function lightContext(id: string, parts: RunParts, signal: AbortSignal): StepContext {
  return withoutEffects(id, commonContext(id, parts, signal));
}

function commonContext(id: string, { info, logged }: RunParts, signal: AbortSignal) {
  const record =
    (level: LoggedLine['level']) =>
    (message: string, details: Readonly<Record<string, unknown>> = {}): void =>
      void logged.push({ node: id, level, message, details });
  return {
    run: info,
    node: id,
    key: `${info.runId}/${id}`,
    seed: seedOf(info.pipeline, id),
    signal,
    log: { info: record('info'), warn: record('warn') },
    reject: (reason: string, details: StepRejection['details']): never => {
      throw new StepRejection(reason, details);
    },
  };
}

function checkpointsOf(id: string, { checkpoints }: RunParts): Checkpoints {
  const known = checkpoints.get(id) ?? memoryCheckpoints();
  checkpoints.set(id, known);
  return known;
}
