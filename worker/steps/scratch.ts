import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureType, PawlError } from '../../plan/failure.js';

/** A folder for one attempt, made when it is first asked for: most steps need none. */
export class Scratch {
  private made: string | undefined;

  constructor(private readonly root: string) {}

  get folder(): string {
    this.made ??= this.make();
    return this.made;
  }

  async remove(): Promise<void> {
    // A folder that stays behind is no reason to lose what the step put out.
    if (this.made) await rm(this.made, { recursive: true, force: true }).catch(() => undefined);
  }

  private make(): string {
    try {
      mkdirSync(this.root, { recursive: true });
      return mkdtempSync(join(this.root, 'attempt-'));
    } catch (cause) {
      throw unusable(this.root, cause);
    }
  }
}

/** The machine's fault, so an outage and no failure of the step. */
function unusable(root: string, cause: unknown): PawlError {
  return new PawlError(FailureType.StoreUnavailable, `no folder for an attempt can be made in ${root}: ${cause}`, {
    hint: 'Make room on the disk of the worker, or see who may write there.',
    cause,
  });
}
