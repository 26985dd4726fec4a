import type { RunInfo } from '../../dsl/context.js';
import type { Trace } from '../../dsl/trace.js';
import type { ArtifactStore } from '../../plan/artifact.js';
import type { Json } from '../../plan/json.js';
import type { Checkpoints, ModelRegistry } from '../../plan/registry.js';
import type { LoggedLine } from '../test-context.js';
import type { Clock } from './clock.js';
import type { NodeTable } from './node-table.js';
import type { RunOptions } from './options.js';
import type { StubTable } from './stub-table.js';

/** A line that a step logged. */
export interface NodeLog extends LoggedLine {
  readonly node: string;
}

/** What all nodes of a test run share. */
export interface RunParts {
  readonly traced: Trace;
  readonly info: RunInfo;
  readonly clock: Clock;
  readonly table: NodeTable;
  readonly stubs: StubTable;
  readonly options: RunOptions;
  readonly artifacts: ArtifactStore;
  readonly registry: ModelRegistry;
  /** Outputs of the run before, by node id. */
  readonly previous: Readonly<Record<string, Json>>;
  /** One for each node, which keeps them from attempt to attempt. */
  readonly checkpoints: Map<string, Checkpoints>;
  readonly logged: NodeLog[];
  /** Makes the code of definitions loadable for child processes; call before a step that is given one. */
  readonly placeDefinitions: () => Promise<void>;
  /** Makes an empty folder, removed when the run has ended. */
  readonly makeFolder: () => string;
}
