import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FailureType, PawlError } from '../../plan/failure.js';
import { wholeNumber } from './whole-number.js';

/** The GPUs of a worker, each of which is one attempt's at a time. */
export class Devices {
  private readonly free: number[];

  /** @param ids what CUDA calls them; null where none were found, and places stand for them. */
  constructor(
    readonly count: number,
    private readonly ids: readonly string[] | null,
  ) {
    this.free = Array.from({ length: count }, (_, index) => index);
  }

  /**
   * @returns null while too few are free.
   * @throws PawlError `DeviceMissing` when this worker will never have so many.
   */
  take(wanted: number, worker: string): HeldDevices | null {
    if (wanted > this.count) throw tooMany(wanted, this.count, worker);
    if (wanted > this.free.length) return null;
    const taken = this.free.splice(0, wanted);
    let held = true;
    return {
      ids: this.ids && taken.map((index) => this.ids![index]!),
      release: () => {
        if (held) this.free.push(...taken);
        held = false;
        this.free.sort((a, b) => a - b);
      },
    };
  }
}

export interface HeldDevices {
  /** As `CUDA_VISIBLE_DEVICES` takes them; null: the worker has found none. */
  readonly ids: readonly string[] | null;
  readonly release: () => void;
}

function tooMany(wanted: number, count: number, worker: string): PawlError {
  const has = count === 1 ? 'one device' : `${count || 'no'} devices`;
  return new PawlError(FailureType.DeviceMissing, `the step needs ${wanted} devices, and worker ${worker} has ${has}`, {
    hint: 'Start a worker on a machine that has so many (pawl worker --queues gpu --gpus N), or ask for fewer.',
  });
}

/**
 * The devices of this machine: those of `CUDA_VISIBLE_DEVICES`, else those that `nvidia-smi` lists. Where there are none
 * a worker can still do one step at a time that asks for a device, on the CPU.
 *
 * @param asked how many there are, for a machine that cannot be asked: `--gpus` or `PAWL_GPUS`.
 * @throws PawlError `InvalidInput` when `PAWL_GPUS` is no number.
 */
export async function findDevices(asked = gpusFromVariables()): Promise<Devices> {
  const ids = visibleDevices() ?? (await installedDevices());
  if (asked === undefined) return new Devices(ids?.length ?? 1, ids);
  return new Devices(asked, ids && ids.length >= asked ? ids.slice(0, asked) : null);
}

function gpusFromVariables(): number | undefined {
  return process.env.PAWL_GPUS ? wholeNumber('PAWL_GPUS', process.env.PAWL_GPUS, 0) : undefined;
}

function visibleDevices(): readonly string[] | null {
  const ids = (process.env.CUDA_VISIBLE_DEVICES ?? '').split(',').map((id) => id.trim());
  const known = ids.filter((id) => id !== '' && id !== '-1');
  return known.length > 0 ? known : null;
}

async function installedDevices(): Promise<readonly string[] | null> {
  // An empty text hides all devices on purpose.
  if (process.env.CUDA_VISIBLE_DEVICES !== undefined) return null;
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', ['--list-gpus'], { timeout: 5000 });
    const count = stdout.split('\n').filter((line) => line.startsWith('GPU ')).length;
    return count > 0 ? Array.from({ length: count }, (_, index) => String(index)) : null;
  } catch {
    return null;
  }
}
