import type { StepTask, StepWait, WaitsForSlot } from '../../plan/protocol.js';
import type { Lease, LeaseHolder, LeaseOwner } from '../../store/index.js';
import { pauseForPlace } from '../leases/pause.js';
import type { WorkerParts } from '../parts.js';
import type { HeldDevices } from './devices.js';

/** An attempt that is about to run its function. */
export interface PlaceOptions {
  readonly task: StepTask;
  readonly owner: LeaseOwner;
  readonly heartbeatMs: number;
  /** The queue it came by. */
  readonly queue: string;
  /** 1 to 5. */
  readonly priority: number;
  /** Where what is taken is put, to be let go when the attempt ends. */
  readonly held: Held;
}

/** What an attempt holds of what others want too. */
export interface Held {
  readonly leases: Lease[];
  devices: HeldDevices | null;
  /** A function that was told to stop and goes on: what is held is held until it ends. Absent: none. */
  left?: Promise<unknown>;
}

/** What somebody holds while its place is given. */
interface Place {
  /** What people call it. */
  readonly of: string;
  readonly lease: string;
  readonly slots: number;
}

/**
 * Takes all that the attempt needs beside a worker's own place: devices, and places under limits that hold across
 * workers. What it has taken when it has to wait is let go, so that nobody holds one thing and waits for another.
 *
 * @returns why it has to wait; null: it may begin.
 * @throws PawlError `DeviceMissing` when the worker has fewer devices than it needs.
 */
export async function takePlaces(options: PlaceOptions, parts: WorkerParts): Promise<StepWait | null> {
  const { task } = options;
  const noDevice = takeDevices(options, parts);
  if (noDevice) return noDevice;
  if (!task.mayWait) return null;
  for (const place of placesFor(options, parts)) {
    const wait = await takePlace(place, options, parts);
    if (wait) return wait;
  }
  return null;
}

/** Whether an attempt has to have something that others want too. @param queue the one it came by. */
export function needsPlace(task: StepTask, queue: string, parts: WorkerParts): boolean {
  return task.gpu !== undefined || (task.mayWait === true && placesFor({ task, queue }, parts).length > 0);
}

function takeDevices({ task, owner, held }: PlaceOptions, { devices }: WorkerParts): StepWait | null {
  if (task.gpu === undefined) return null;
  held.devices = devices.take(task.gpu, owner.worker);
  if (held.devices || !task.mayWait) return null;
  return waitFor({ of: `the devices of worker ${owner.worker}`, slots: devices.count }, undefined, task);
}

function placesFor({ task, queue }: Pick<PlaceOptions, 'task' | 'queue'>, { limits }: WorkerParts): readonly Place[] {
  const ofStep = smaller(task.limit, limits.limitOf('step', task.step));
  const ofQueue = limits.limitOf('queue', queue);
  return [
    ...(ofStep === undefined ? [] : [{ of: `step ${task.step}`, lease: `step/${task.step}`, slots: ofStep }]),
    ...(ofQueue === undefined ? [] : [{ of: `queue ${queue}`, lease: `queue/${queue}`, slots: ofQueue }]),
  ];
}

const smaller = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

async function takePlace(place: Place, options: PlaceOptions, { leases }: WorkerParts): Promise<StepWait | null> {
  const { owner, heartbeatMs, priority, held, task } = options;
  const { lease: name, slots } = place;
  const taken = await leases.take({ name, slots, owner, heartbeatMs, priority });
  if (taken.state === 'taken') {
    held.leases.push(taken.lease);
    return null;
  }
  const wait = waitFor(place, taken.by[0], task);
  await leases.lineUp({ name, owner, priority }, wait.wait.ms + LATE_MS);
  return wait;
}

/** How late somebody in line may come without losing the place, in milliseconds. */
const LATE_MS = 3000;

function waitFor(
  { of, slots }: Pick<WaitsForSlot, 'of' | 'slots'>,
  by: LeaseHolder | undefined,
  { waitedMs = 0 }: StepTask,
): StepWait {
  const why: WaitsForSlot = { kind: 'slot', of, slots, run: by?.run ?? '', node: by?.node ?? '' };
  return { wait: { ms: pauseForPlace(waitedMs), why } };
}
