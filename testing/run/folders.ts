import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders of one run, below one that is made when the first is asked for. */
export class Folders {
  private root: string | undefined;
  private count = 0;

  /** The one that all are in; undefined when there is none yet. */
  get path(): string | undefined {
    return this.root;
  }

  /** An empty one. */
  make(): string {
    this.root ??= mkdtempSync(join(tmpdir(), 'pawl-test-'));
    this.count += 1;
    const folder = join(this.root, `${this.count}`);
    mkdirSync(folder);
    return folder;
  }

  async remove(): Promise<void> {
    if (this.root) await rm(this.root, { recursive: true, force: true });
    this.root = undefined;
  }
}
