import type { Ask, WaitsForApproval, WaitsForEvent } from '../plan/protocol.js';
import { clip } from './text-bytes.js';

/** As many as lists of runs show. */
const MOST_SHOWN = 50;
/** The question is whole where the node itself is looked at. */
const MAX_ASK_BYTES = 300;

/** The nodes of a run that wait for people. */
export class Asks {
  private readonly open = new Map<string, () => Ask>();

  get any(): boolean {
    return this.open.size > 0;
  }

  /** @param ask called when somebody is told: who may answer can change. */
  begin(node: string, ask: () => Ask): void {
    this.open.set(node, ask);
  }

  end(node: string): void {
    this.open.delete(node);
  }

  /** Approvals before events, which come from programs mostly; the longest first. */
  list(): readonly Ask[] {
    const all = [...this.open.values()].map((ask) => ask());
    const approvals = all.filter(({ kind }) => kind === 'approval');
    const events = all.filter(({ kind }) => kind === 'event');
    return [...approvals, ...events].slice(0, MOST_SHOWN);
  }
}

/** @param since milliseconds */
export function askOf(node: string, since: number, waits: WaitsForApproval | WaitsForEvent): Ask {
  const { kind, until } = waits;
  const about = kind === 'approval' ? { ask: clip(waits.ask, MAX_ASK_BYTES), roles: waits.roles } : {};
  return { node, kind, ...about, since: new Date(since).toISOString(), until };
}
