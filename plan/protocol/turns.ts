/** What keeps a step from beginning; nobody has to do anything about it. */
export type WaitsForTurn = WaitsForWork | WaitsForSlot;

/** Another node does the same work just now. */
export interface WaitsForWork {
  readonly kind: 'work';
  /** Workflow id. */
  readonly run: string;
  readonly node: string;
}

/** As many as may are at work already. */
export interface WaitsForSlot {
  readonly kind: 'slot';
  /** Of what there are so many, as `step train`. */
  readonly of: string;
  /** How many. */
  readonly slots: number;
  /** Workflow id and node of the one that has worked longest; empty: others were first in line. */
  readonly run: string;
  readonly node: string;
}
