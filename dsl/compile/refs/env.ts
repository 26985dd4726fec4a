import type { SourceModule } from '../source-index.js';
import { join, type Value } from './value.js';

interface Variable {
  value: Value;
  /** How many branches, loops and calls deep it was declared. */
  readonly depth: number;
}

/** The variables of a scope, with those around it. */
export class Env {
  private readonly variables = new Map<string, Variable>();

  constructor(
    readonly module: SourceModule,
    private readonly outer?: Env,
  ) {}

  declare(name: string, value: Value, depth: number): void {
    this.variables.set(name, { value, depth });
  }

  /** The value of a local variable; undefined when there is none of this name. */
  read(name: string): Value | undefined {
    return this.find(name)?.value;
  }

  /** In a deeper branch than its declaration, a variable may keep what it was. */
  assign(name: string, value: Value, depth: number): void {
    const variable = this.find(name);
    if (variable) variable.value = depth > variable.depth ? join(variable.value, value) : value;
  }

  private find(name: string): Variable | undefined {
    return this.variables.get(name) ?? this.outer?.find(name);
  }
}
