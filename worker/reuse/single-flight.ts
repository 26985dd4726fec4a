import type { Digest } from '../../plan/canonical.js';
import type { StepWait } from '../../plan/protocol.js';
import type { Lease, LeaseHolder, LeaseOwner } from '../../store/index.js';
import { type LeaseKeeper, leaseTtl } from '../leases/lease-keeper.js';
import { pauseForHolder } from '../leases/pause.js';
import type { OnObserved } from './observe-context.js';

/** A piece of work, and who wants to do it. */
export interface Flight {
  readonly key: Digest;
  readonly seed: number;
  readonly owner: LeaseOwner;
  /** How long the attempt may be silent, in milliseconds. */
  readonly heartbeatMs: number;
}

/** `mine`: no other attempt does this work as long as the lease is held. */
export type Entered =
  | { readonly state: 'mine'; readonly lease: Lease }
  | { readonly state: 'taken'; readonly by: LeaseHolder | undefined };

const WORK = 'work/';
const workName = (key: Digest): string => `${WORK}${key}`;
const seededName = (key: Digest, seed: number): string => `${workName(key)}/${seed}`;

/** Whether a lease is for doing a piece of work. */
export const isOfWork = ({ name }: Lease): boolean => name.startsWith(WORK);

/** The names of the leases that whoever does this work may hold. */
export const namesOfWork = ({ key, seed }: Pick<Flight, 'key' | 'seed'>): readonly string[] => [
  workName(key),
  seededName(key, seed),
];

/**
 * Makes an attempt the one that does a piece of work. Whether the seed counts is only known once the function has asked
 * for it: until then nodes with other seeds wait as well.
 */
export async function enterFlight({ key, seed, owner, heartbeatMs }: Flight, leases: LeaseKeeper): Promise<Entered> {
  const beside = [seededName(key, seed)];
  const taken = await leases.take({ name: workName(key), beside, owner, heartbeatMs });
  return taken.state === 'taken' ? { state: 'mine', lease: taken.lease } : { state: 'taken', by: taken.by[0] };
}

/** What is to be done about a flight once the function shows what its output depends on. */
export function watchFlight(lease: Lease, { key }: Pick<Flight, 'key'>, leases: LeaseKeeper): OnObserved {
  return {
    seed: (seed) => void leases.rename(lease, seededName(key, seed)),
    // Nobody can take this output over, so nobody needs to wait for it.
    refused: () => void leases.release([lease]),
  };
}

/** How a step that finds its work taken waits. */
export function waitForFlight(by: LeaseHolder | undefined, { heartbeatMs }: Flight, waitedMs: number): StepWait {
  const ms = pauseForHolder(waitedMs, by?.leftMs ?? 0, leaseTtl(heartbeatMs));
  return { wait: { ms, why: { kind: 'work', run: by?.run ?? '', node: by?.node ?? '' } } };
}
