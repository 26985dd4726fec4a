import type { Ask, WaitsForApproval, WaitsForEvent } from '../plan/protocol.js';

/** As many as lists of runs show. */
const MOST_SHOWN = 50;

/** The nodes of a run that wait for people, the longest first. */
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

  list(): readonly Ask[] {
    return [...this.open.values()].slice(0, MOST_SHOWN).map((ask) => ask());
  }
}

/** In characters: the question is whole where the node itself is looked at. */
const MAX_ASK = 300;

/** @param since milliseconds */
export function askOf(node: string, since: number, waits: WaitsForApproval | WaitsForEvent): Ask {
  const { kind, until } = waits;
  const about = kind === 'approval' ? { ask: waits.ask.slice(0, MAX_ASK), roles: waits.roles } : {};
  return { node, kind, ...about, since: new Date(since).toISOString(), until };
}
