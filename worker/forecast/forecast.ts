import type { Digest } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import type { PlanNode } from '../../plan/plan.js';
import type { ReuseOrigin } from '../../store/index.js';

/**
 * - `reused`: an earlier output is taken;
 * - `runs`: the step's function is called, or the block is gone through;
 * - `depends`: on what other nodes put out, which is not known before they have run;
 * - `skipped`: another way is taken;
 * - `waits`: for a time, an event or people;
 * - `ends`: the run is rejected here.
 */
export type Forecast = 'reused' | 'runs' | 'depends' | 'skipped' | 'waits' | 'ends';

/** What would become of one node. */
export interface NodeForecast {
  /** Id in the run, as `map[ATL]/train`; `map[*]/train` where the items are not known. */
  readonly node: string;
  /** Id in the plan, as `map/train`. */
  readonly planNode: string;
  readonly kind: PlanNode['kind'];
  readonly forecast: Forecast;
  /** A phrase for people. */
  readonly reason: string;
  /** The nodes whose outputs decide; empty unless it depends. */
  readonly dependsOn: readonly string[];
  /** The earlier execution; null unless it is reused. */
  readonly from: ReuseOrigin | null;
  /** Under which conditions the run comes here at all, outermost first. */
  readonly conditions: readonly string[];
}

/** What a run would do, told before it is started. */
export interface RunForecast {
  readonly pipeline: string;
  readonly plan: Digest;
  /** Checked, defaults filled in. */
  readonly params: Json;
  /** Workflow id of the earlier run that "the same as before" means; null when there was none. */
  readonly comparedWith: string | null;
  /** In the order of the plan. */
  readonly nodes: readonly NodeForecast[];
}
