import type { Digest } from '../../plan/canonical.js';
import { type Block, EXIT_ITEM, type PlanNode } from '../../plan/plan.js';
import type { TakenRun } from '../../plan/protocol.js';
import type { ReuseOrigin, Store } from '../../store/index.js';
import type { LoadedCode } from '../code/load-code.js';
import type { ComparedRun } from './compared-run.js';
import type { Expected } from './expected.js';
import type { ExpectedFrame } from './expected-frame.js';
import type { Forecast, NodeForecast } from './forecast.js';

/** What every part of a forecast works with. */
export interface Forecaster {
  readonly pipeline: string;
  /** Digest of the code bundle. */
  readonly bundle: Digest;
  readonly code: LoadedCode;
  readonly store: Store;
  readonly compared: ComparedRun | null;
  /** What the run would take over from another one. Absent: nothing. */
  readonly from?: TakenRun;
  /** False: no step is reused, as this process' settings say. */
  readonly reuse: boolean;
  /** Adds what would become of a node. */
  note(node: PlanNode, frame: ExpectedFrame, what: Foreseen): void;
  /** Goes through a block and gives its result. */
  block(block: Block, frame: ExpectedFrame): Promise<Expected>;
}

export interface Foreseen {
  readonly forecast: Forecast;
  readonly reason: string;
  readonly on?: ReadonlySet<string>;
  readonly from?: ReuseOrigin;
}

export function toNodeForecast(node: PlanNode, frame: ExpectedFrame, what: Foreseen): NodeForecast {
  return {
    node: frame.rename(node.id),
    planNode: node.id,
    kind: node.kind,
    forecast: what.forecast,
    reason: what.reason,
    dependsOn: what.forecast === 'depends' ? [...(what.on ?? [])].sort() : [],
    from: what.from ?? null,
    conditions: frame.conditions,
  };
}

/** As `on what ingest puts out`. */
export function onWhat(on: ReadonlySet<string>): string {
  return on.size === 1 && on.has(EXIT_ITEM) ? 'on how the run ends' : `on what ${whatPutsOut(on)}`;
}

function whatPutsOut(on: ReadonlySet<string>): string {
  const names = [...on].map((name) => (name === EXIT_ITEM ? 'the end of the run' : name)).sort();
  const last = names.pop();
  return names.length === 0 ? `${last} puts out` : `${names.join(', ')} and ${last} put out`;
}

/** As `if ingest puts out the same as in run X`. */
export function ifTheSame(on: ReadonlySet<string>, { compared }: Forecaster): string {
  return `if ${whatPutsOut(on)} the same as in run ${compared?.run}`;
}
