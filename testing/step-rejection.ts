import type { Json } from '../plan/json.js';

/** What `ctx.reject` throws in a test; in a run it ends the run as `rejected`. */
export class StepRejection extends Error {
  override readonly name = 'StepRejection';

  constructor(
    readonly reason: string,
    readonly details: Json,
  ) {
    super(reason);
  }
}
