import { suggestName } from '../plan/suggest.js';
import type { Deployment } from '../store/index.js';
import { ModelSlot, type ModelSlotOptions } from './model-slot.js';
import { RequestError } from './request-error.js';
import type { ServedVersion } from './served-version.js';

/** All models of a server, by name. */
export class ModelSet {
  private readonly slots = new Map<string, ModelSlot>();
  private known = false;

  constructor(private readonly options: ModelSlotOptions) {}

  /** True once the deployments have been read. */
  get read(): boolean {
    return this.known;
  }

  /** Sorted by name. */
  list(): readonly ModelSlot[] {
    return [...this.slots.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Takes what is to be served from now on; a name that is gone is not served any more. */
  apply(deployments: readonly Deployment[]): void {
    this.known = true;
    const names = new Set(deployments.map(({ name }) => name));
    for (const slot of this.list()) if (!names.has(slot.name)) this.remove(slot);
    for (const deployment of deployments) this.slotOf(deployment.name).want(deployment);
  }

  /** Resolves when no model is being loaded. */
  async settled(): Promise<void> {
    await Promise.all(this.list().map((slot) => slot.settled()));
  }

  /** @throws RequestError 404 for a name nobody deployed, 503 while deployments have not been read. */
  slot(name: string): ModelSlot {
    const found = this.slots.get(name);
    if (found) return found;
    if (!this.known)
      throw new RequestError(503, 'the deployments have not been read yet: the database does not answer');
    const names = this.list().map((slot) => slot.name);
    throw new RequestError(404, `there is no model "${name}". ${suggestName(name, names)}`);
  }

  /**
   * The version that answers.
   *
   * @param version the one asked for; null: the deployed one.
   * @throws RequestError 404 when it is another than the one served, 503 while none is loaded.
   */
  require(name: string, version: number | null): ServedVersion {
    const slot = this.slot(name);
    const { current } = slot;
    if (!current) throw new RequestError(503, whyNone(slot));
    if (version === null || version === current.version) return current;
    throw new RequestError(404, `model "${name}" has no version ${version} here; version ${current.version} is served`);
  }

  async close(): Promise<void> {
    await Promise.all(this.list().map((slot) => slot.close()));
  }

  private slotOf(name: string): ModelSlot {
    const slot = this.slots.get(name) ?? new ModelSlot(name, this.options);
    this.slots.set(name, slot);
    return slot;
  }

  private remove(slot: ModelSlot): void {
    this.slots.delete(slot.name);
    this.options.log(`${slot.name} is not deployed any more`);
    void slot.close();
  }
}

function whyNone({ name, failure, loading }: ModelSlot): string {
  if (failure) return `version ${failure.version} of model "${name}" cannot be loaded: ${failure.error}`;
  return `version ${loading} of model "${name}" is being loaded; try again in a moment`;
}
