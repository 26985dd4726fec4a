import { z } from 'zod';
import { FailureType, PawlError } from '../plan/failure.js';

const definitionMark = Symbol.for('pawl.definition');

/**
 * Something with code in it that a plan can only name, such as a model: it lives in the code bundle and steps receive
 * it whole.
 */
export interface Definition<Kind extends string = string> {
  readonly kind: Kind;
  readonly name: string;
}

/** Marks a value as a definition. The name must be unique for its kind within a pipeline. */
export function define<Kind extends string, T extends object>(
  kind: Kind,
  name: string,
  value: T,
): Definition<Kind> & T {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new PawlError(FailureType.InvalidPlan, `"${name}" cannot name a ${kind}`, {
      hint: 'Use lower-case letters, digits and dashes.',
      retryable: false,
    });
  }
  const definition = { ...value, kind, name };
  Object.defineProperty(definition, definitionMark, { value: true });
  return Object.freeze(definition);
}

export function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && definitionMark in value;
}

/** Where a definition's code is, for a step that hands its work to a child process. */
export interface DefinitionOrigin {
  /** Absolute path of the loaded code bundle; its default export is the pipeline. */
  readonly bundle: string;
  /** Name in the trace's definitions, as `model/delay-net`. */
  readonly code: string;
}

const origins = new WeakMap<Definition, DefinitionOrigin>();

/** Remembers where a definition came from; done by the worker that loads a bundle. */
export function setDefinitionOrigin(definition: Definition, origin: DefinitionOrigin): void {
  origins.set(definition, origin);
}

/** Where a definition came from; undefined when no worker loaded it (in a unit test). */
export function definitionOrigin(definition: Definition): DefinitionOrigin | undefined {
  return origins.get(definition);
}

/** How a plan names a definition. */
export function codeName(definition: Definition): string {
  return `${definition.kind}/${definition.name}`;
}

/** Schema of a step input that takes a definition of this kind. */
export function definitionSchema<D extends Definition>(kind: D['kind']): z.ZodType<D> {
  return z.custom<D>((value) => isDefinition(value) && value.kind === kind, `expected a ${kind} definition`);
}
