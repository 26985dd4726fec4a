/** A part that is not there: why, and what to do about it. */
export interface Missing {
  readonly found: false;
  /** What is wrong, as one sentence without a final stop. */
  readonly reason: string;
  /** What the reader can do next, as one sentence without a final stop. */
  readonly remedy: string;
}

/** What a look for a part of the machine gives: the part, or why it is missing. */
export type Lookup<Part> = ({ readonly found: true } & Part) | Missing;

/** Makes the answer for a part that is not there. */
export function missing(reason: string, remedy: string): Missing {
  return { found: false, reason, remedy };
}
