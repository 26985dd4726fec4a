/** A test's time: it stands still, and moves on by what the run would have waited. */
export class Clock {
  constructor(private time: number) {}

  /** ISO 8601, UTC. */
  get now(): string {
    return new Date(this.time).toISOString();
  }

  get ms(): number {
    return this.time;
  }

  wait(ms: number): void {
    this.time += Math.max(0, ms);
  }
}
