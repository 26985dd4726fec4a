import type { Quoted } from '../plan/binding.js';
import type { WaitNode } from '../plan/plan.js';

/** The event of one `waitFor`. It may come before the run has reached it. */
export class EventSlot {
  private event: { readonly value: Quoted } | null = null;
  /** Why no event counts any more; null while one does. */
  private over: string | null = null;

  constructor(readonly node: WaitNode) {}

  get filled(): boolean {
    return this.event !== null;
  }

  /** What came; `null` when nothing did. */
  get value(): Quoted {
    return this.event?.value ?? null;
  }

  /** Why an event cannot count; null when it can. */
  objection(): string | null {
    return this.over ?? (this.filled ? 'has its event already' : null);
  }

  fill(value: Quoted): void {
    this.event = { value };
  }

  /** Lets no event count any more. @param why as `has timed out` */
  close(why: string): void {
    this.over ??= why;
  }
}
