import type { PreviousOutput, Progress, StepContext, StepLog } from '../dsl/context.js';
import type { ArtifactStore } from '../plan/artifact.js';
import type { Json } from '../plan/json.js';
import type { Checkpoints, ModelRegistry } from '../plan/registry.js';
import { sharedArtifacts } from './memory-artifacts.js';
import { memoryCheckpoints } from './memory-checkpoints.js';
import { memoryRegistry } from './memory-registry.js';
import { Folders } from './run/folders.js';
import { StepRejection } from './step-rejection.js';

export interface TestContextOptions {
  /** Default: `test`. */
  readonly pipeline?: string;
  /** Id of the node. Default: `step`. */
  readonly node?: string;
  /** ISO 8601, UTC. Default: `2001-01-01T00:00:00.000Z`. */
  readonly nominalTime?: string;
  /** Default: `dev`. */
  readonly environment?: string;
  /** 31-bit unsigned integer. Default: 1. */
  readonly seed?: number;
  /** Default: one that is never aborted. */
  readonly signal?: AbortSignal;
  /** Default: one that all contexts, runs and datasets of this process share, so that one step reads what another wrote. */
  readonly artifacts?: ArtifactStore;
  /** Default: an empty one. */
  readonly registry?: ModelRegistry;
  /** Those of an attempt that was lost, to test resuming. Default: none yet. */
  readonly checkpoints?: Checkpoints;
  /** What `ctx.previous(node)` finds, by node id. Default: nothing. */
  readonly previous?: Readonly<Record<string, Json>>;
}

export interface LoggedLine {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A step's context in a test, with what the step showed and said. */
export interface TestContext extends StepContext {
  /** Every call of `progress`, in order. */
  readonly reported: readonly Progress[];
  /** Every call of `log`, in order. */
  readonly logged: readonly LoggedLine[];
  /** Removes the context's folders. */
  cleanup(): Promise<void>;
}

/**
 * Makes a context for `step.run(input, ctx)`: artifacts, registry and checkpoints in memory, a folder for files. `ctx.reject` throws {@link StepRejection}.
 *
 * @example
 * const ctx = await testContext();
 * try {
 *   expect(await countRows.run({ data }, ctx)).toEqual({ rows: 3 });
 * } finally {
 *   await ctx.cleanup();
 * }
 */
export async function testContext(options: TestContextOptions = {}): Promise<TestContext> {
  const folders = new Folders();
  const scratch = folders.make();
  const { pipeline = 'test', node = 'step', nominalTime = '2001-01-01T00:00:00.000Z', environment = 'dev' } = options;
  const reported: Progress[] = [];
  const logged: LoggedLine[] = [];
  return {
    run: { id: `${pipeline}-run`, runId: 'test-run', pipeline, nominalTime, environment },
    node,
    key: `test-run/${node}/0`,
    seed: options.seed ?? 1,
    signal: options.signal ?? new AbortController().signal,
    log: recordingLog(logged),
    artifacts: options.artifacts ?? sharedArtifacts.within(folders),
    checkpoints: options.checkpoints ?? memoryCheckpoints(),
    registry: options.registry ?? memoryRegistry(),
    scratch,
    progress: (progress) => void reported.push(progress),
    previous: async (wanted = node) => previousOutput(options.previous ?? {}, wanted),
    reject: (reason, details) => {
      throw new StepRejection(reason, details);
    },
    reported,
    logged,
    cleanup: () => folders.remove(),
  };
}

function recordingLog(logged: LoggedLine[]): StepLog {
  const record =
    (level: LoggedLine['level']): StepLog['info'] =>
    (message, details = {}) =>
      void logged.push({ level, message, details });
  return { info: record('info'), warn: record('warn') };
}

function previousOutput(outputs: Readonly<Record<string, Json>>, node: string): PreviousOutput | null {
  const output = outputs[node];
  return output === undefined ? null : { run: 'previous-run', output };
}
