import type { LimitKind, LimitStore } from '../../store/index.js';

/** A limit that an operator sets counts after this long at the latest, in milliseconds. */
const STALE_MS = 5000;

/** The limits that operators have set, as a worker knows them: asked for beside the work, never on its way. */
export class LimitTable {
  private slots: ReadonlyMap<string, number> = new Map();
  private readAt = 0;
  private reading: Promise<void> | undefined;

  constructor(private readonly store: Pick<LimitStore, 'all'>) {}

  /** @returns undefined where there is no limit. */
  limitOf(kind: LimitKind, name: string): number | undefined {
    if (Date.now() - this.readAt > STALE_MS) void this.read();
    return this.slots.get(`${kind}/${name}`);
  }

  /** Reads them now. An outage leaves them as they were. */
  read(): Promise<void> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
      this.readAt = Date.now();
    });
    return this.reading;
  }

  private async readAll(): Promise<void> {
    const all = await this.store.all().catch(() => null);
    if (all) this.slots = new Map(all.map(({ kind, name, slots }) => [`${kind}/${name}`, slots]));
  }
}
