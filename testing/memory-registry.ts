import { FailureType, PawlError } from '../plan/failure.js';
import type { ModelRegistry, ModelVersion, PromoteOptions, Promotion, RegisterOptions } from '../plan/registry.js';

/** A registry that lives as long as the test and keeps the promises of the real one: versions, keys, compare-and-set. */
export function memoryRegistry(): ModelRegistry {
  return new MemoryRegistry();
}

class MemoryRegistry implements ModelRegistry {
  private readonly versions: ModelVersion[] = [];
  private readonly champions = new Map<string, number>();
  private readonly registered = new Map<string, ModelVersion>();
  private readonly promoted = new Map<string, Promotion>();

  async register({ name, model, key, run }: RegisterOptions): Promise<ModelVersion> {
    const known = this.registered.get(callId(name, key));
    if (known) return known;
    const version = this.versionsOf(name).length + 1;
    const created: ModelVersion = { name, version, model, run, createdAt: new Date().toISOString() };
    this.versions.push(created);
    this.registered.set(callId(name, key), created);
    return created;
  }

  async promote({ name, version, expected, key }: PromoteOptions): Promise<Promotion> {
    const known = this.promoted.get(callId(name, key));
    if (known) return known;
    if (!(await this.version(name, version))) throw unknownVersion(name, version);
    const previous = this.champions.get(name) ?? null;
    const moved = previous === expected;
    if (moved) this.champions.set(name, version);
    const promotion = { moved, champion: moved ? version : previous };
    this.promoted.set(callId(name, key), promotion);
    return promotion;
  }

  async champion(name: string): Promise<ModelVersion | null> {
    const version = this.champions.get(name);
    return version === undefined ? null : this.version(name, version);
  }

  async version(name: string, version: number): Promise<ModelVersion | null> {
    return this.versionsOf(name).find((each) => each.version === version) ?? null;
  }

  private versionsOf(name: string): readonly ModelVersion[] {
    return this.versions.filter((each) => each.name === name);
  }
}

const callId = (name: string, key: string): string => JSON.stringify([name, key]);

function unknownVersion(name: string, version: number): PawlError {
  return new PawlError(FailureType.InvalidValue, `the model "${name}" has no version ${version}`, {
    hint: 'Register the model first, and promote the version which that returns.',
    retryable: false,
  });
}
