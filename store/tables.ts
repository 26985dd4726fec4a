import type { ColumnType, Generated } from 'kysely';
import type { Digest } from '../plan/canonical.js';
import type { Json } from '../plan/json.js';

/**
 * A `json` column: read as a value, written as text. `json` and not `jsonb`, because it keeps the text as it is:
 * `jsonb` refuses the character U+0000 and forgets the order of keys.
 */
type JsonColumn = ColumnType<Json, string, string>;
/** SQL NULL reads as `null`, as the JSON value does; another column tells them apart where that matters. */
type OptionalJsonColumn = ColumnType<Json, string | null | undefined, string | null>;
/** ISO 8601, UTC. */
type TimeColumn = string;
type DefaultTimeColumn = ColumnType<string, string | undefined, string>;

export type RunPhase = 'running' | 'waiting' | 'held' | 'closed';
export type RunOutcome = 'succeeded' | 'rejected' | 'failed' | 'aborted' | 'cancelled';
export type NodeState = 'claimed' | 'committed';
export type LineageDirection = 'in' | 'out';

export interface PlansTable {
  hash: Digest;
  pipeline: string;
  code: Digest;
  plan: JsonColumn;
  annotations: JsonColumn;
  created_at: DefaultTimeColumn;
}

export interface PipelinesTable {
  name: string;
  current_plan: Digest;
  revision: number;
  updated_at: DefaultTimeColumn;
}

export interface RunsTable {
  run_id: string;
  workflow_id: string;
  pipeline: string;
  plan_hash: Digest | null;
  params: JsonColumn;
  nominal_time: TimeColumn;
  phase: Generated<RunPhase>;
  outcome: RunOutcome | null;
  result: OptionalJsonColumn;
  error: OptionalJsonColumn;
  started_at: TimeColumn;
  closed_at: TimeColumn | null;
  origin: OptionalJsonColumn;
  answers: OptionalJsonColumn;
  asks: OptionalJsonColumn;
}

export interface RunTablesTable {
  run_id: string;
  nodes: JsonColumn;
  omitted: Generated<number>;
}

export interface JournalTable {
  run_id: string;
  node: string;
  generation: number;
  workflow_id: string;
  pipeline: string;
  step: string;
  plan_hash: Digest;
  fingerprint: Digest;
  nominal_time: TimeColumn;
  token: string;
  state: Generated<NodeState>;
  failures: Generated<number>;
  failed_token: string | null;
  error: OptionalJsonColumn;
  input: JsonColumn;
  output: OptionalJsonColumn;
  note: OptionalJsonColumn;
  cache_key: Digest | null;
  cache_seed: number | null;
  cache: OptionalJsonColumn;
  cache_reason: string | null;
  reused_from: OptionalJsonColumn;
  attempt: number;
  worker: string;
  started_at: DefaultTimeColumn;
  committed_at: TimeColumn | null;
}

export interface ArtifactsTable {
  digest: Digest;
  bytes: number;
  media_type: string;
  created_at: DefaultTimeColumn;
}

export interface LineageTable {
  run_id: string;
  node: string;
  generation: number;
  direction: LineageDirection;
  path: string;
  digest: Digest;
}

export interface CheckpointsTable {
  run_id: string;
  node: string;
  step: number;
  digest: Digest;
  bytes: number;
  media_type: string;
  saved_at: DefaultTimeColumn;
}

export interface ModelVersionsTable {
  name: string;
  version: number;
  model: JsonColumn;
  report: JsonColumn;
  run: string;
  key: string;
  created_at: DefaultTimeColumn;
}

export interface ChampionsTable {
  name: string;
  version: number;
  run: string;
  since: DefaultTimeColumn;
}

export interface ChampionLogTable {
  id: Generated<number>;
  name: string;
  version: number;
  previous: number | null;
  champion: number | null;
  moved: boolean;
  run: string;
  key: string;
  at: DefaultTimeColumn;
}

export interface PredictionsTable {
  id: string;
  model: string;
  version: number;
  contract: Digest;
  request_id: string | null;
  row: JsonColumn;
  score: number;
  at: TimeColumn;
}

export interface ChoresTable {
  name: string;
  worker: string;
  began_at: TimeColumn;
}

export interface DecisionsTable {
  run_id: string;
  node: string;
  nth: number;
  workflow_id: string;
  approved: boolean;
  decided_by: string;
  role: string | null;
  reason: string;
  decided_at: TimeColumn;
  proof: 'claimed' | 'signed';
  grant_key: string | null;
  grant_id: string | null;
  value_digest: Digest;
  recorded_at: DefaultTimeColumn;
}

export interface SettingsTable {
  name: string;
  value: string;
  set_at: DefaultTimeColumn;
}

export interface LeasesTable {
  name: string;
  slot: number;
  holder: string;
  run_id: string;
  workflow_id: string;
  node: string;
  generation: number;
  worker: string;
  fence: number;
  taken_at: TimeColumn;
  expires_at: TimeColumn;
}

export interface LeaseQueueTable {
  name: string;
  run_id: string;
  node: string;
  priority: number;
  since: TimeColumn;
  expires_at: TimeColumn;
}

export type LimitKind = 'queue' | 'step';

export interface LimitsTable {
  kind: LimitKind;
  name: string;
  slots: number;
  set_at: DefaultTimeColumn;
}

export interface AlertsTable {
  id: string;
  body: JsonColumn;
  made_at: DefaultTimeColumn;
  sent_at: TimeColumn | null;
  attempts: Generated<number>;
  next_at: DefaultTimeColumn;
}

/** Every table of the schema. */
export interface Tables {
  alerts: AlertsTable;
  plans: PlansTable;
  pipelines: PipelinesTable;
  runs: RunsTable;
  run_tables: RunTablesTable;
  journal: JournalTable;
  artifacts: ArtifactsTable;
  lineage: LineageTable;
  checkpoints: CheckpointsTable;
  model_versions: ModelVersionsTable;
  champions: ChampionsTable;
  champion_log: ChampionLogTable;
  predictions: PredictionsTable;
  settings: SettingsTable;
  leases: LeasesTable;
  lease_queue: LeaseQueueTable;
  limits: LimitsTable;
  chores: ChoresTable;
  decisions: DecisionsTable;
}
