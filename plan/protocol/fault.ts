export interface Fault {
  readonly node: string;
  readonly type: string;
  readonly message: string;
  readonly hint: string | null;
  /** Of a fault that holds, or has held, the run. */
  readonly held?: HeldFor;
}

/** How long a fault holds a run. Both ISO 8601, UTC. */
export interface HeldFor {
  readonly since: string;
  /** The run fails then, unless somebody has decided. */
  readonly until: string;
}
