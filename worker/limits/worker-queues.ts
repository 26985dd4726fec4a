import { FailureType, PawlError } from '../../plan/failure.js';
import { wholeNumber } from './whole-number.js';

/** A queue that a worker serves. */
export interface WorkerQueue {
  readonly name: string;
  /** Most attempts at a time on this worker. Default: as many as it has devices for `gpu`, else 100. */
  readonly slots?: number;
}

const DEFAULT_SLOTS = 100;

/**
 * Reads queues as the command line has them: `gpu=2,big=8,default=50`.
 * @throws PawlError `InvalidInput` naming the part that is wrong.
 */
export function parseQueues(text: string): readonly WorkerQueue[] {
  const queues = text.split(',').filter(Boolean).map(parseQueue);
  const twice = queues.find(({ name }, index) => queues.findIndex((each) => each.name === name) !== index);
  if (twice) throw wrongQueue(`--queues names "${twice.name}" twice`);
  return queues;
}

function parseQueue(part: string): WorkerQueue {
  const [name = '', slots, ...more] = part.split('=');
  if (!/^[a-zA-Z][\w.-]*$/.test(name) || more.length > 0) throw wrongQueue(`--queues has "${part}"`);
  return slots === undefined ? { name } : { name, slots: wholeNumber(`--queues ${name}`, slots) };
}

const wrongQueue = (message: string): PawlError =>
  new PawlError(FailureType.InvalidInput, message, {
    hint: 'Write names with commas, each with the most attempts at a time if you like: --queues gpu=2,big=8,default=50',
  });

/** How many attempts of each queue a worker takes at a time; `default` is always among them. */
export function slotsOf(queues: readonly (string | WorkerQueue)[], devices: number): ReadonlyMap<string, number> {
  const named = queues.map((queue) => (typeof queue === 'string' ? { name: queue } : queue));
  const all: readonly WorkerQueue[] = [{ name: 'default' }, ...named];
  return new Map(all.map(({ name, slots }) => [name, slots ?? ownSlots(name, devices)]));
}

const ownSlots = (name: string, devices: number): number => (name === 'gpu' ? Math.max(devices, 1) : DEFAULT_SLOTS);
