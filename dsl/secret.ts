import { z } from 'zod';
import { misuse } from './misuse.js';
import { makeRef, type Ref } from './ref.js';

declare const secretMark: unique symbol;

/**
 * A password, key or token while a step runs. Whoever prints, logs or serialises it gets its name; only `reveal()` gives
 * the text.
 */
export interface Secret {
  readonly name: string;
  /** The text itself. Keep it out of what the step returns, logs and throws: Pawl refuses or hides it there. */
  reveal(): string;
  readonly [secretMark]?: never;
}

const secretSymbol = Symbol.for('pawl.secret');

/** Makes a secret from its text. Workers do this; so may tests. */
export function makeSecret(name: string, text: string): Secret {
  const shown = `[secret ${name}]`;
  const secret = {
    name,
    reveal: () => text,
    toString: () => shown,
    toJSON: () => shown,
    [Symbol.for('nodejs.util.inspect.custom')]: () => shown,
    [secretSymbol]: true,
  };
  return Object.freeze(secret) as unknown as Secret;
}

export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && secretSymbol in value;
}

/** Schema of a step's input that takes a secret. */
export function secretText(): z.ZodType<Secret, Secret> {
  return secretSchema;
}

// On the function, not on the schema: zod keeps it when a schema is described, and another copy of Pawl finds it too.
const schemaMark = Symbol.for('pawl.secretSchema');
const isGiven = Object.assign((value: unknown) => isSecret(value), { [schemaMark]: true });
const secretSchema = z.custom<Secret>(isGiven, "expected a secret: pass secret('NAME')");

/** True for the schema of a secret, which must not stand in params or outputs. */
export function isSecretSchema(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'custom' && schemaMark in def.fn;
}

/**
 * A secret of the environment that the run's workers are in. A plan and a history have its name only; the text is put in
 * where a step's function is called.
 *
 * @param name of the environment variable, as `WAREHOUSE_PASSWORD`
 * @example
 * const rows = query({ sql, password: secret('WAREHOUSE_PASSWORD') });
 */
export function secret(name: string): Ref<Secret> {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) {
    throw misuse(`"${name}" cannot name a secret`, 'Name an environment variable: upper-case letters, digits and _.');
  }
  return makeRef((path) => {
    if (path.length > 0) throw misuse(`a secret has no property "${path.join('.')}"`, 'Use reveal() in the step.');
    return { $secret: name };
  });
}
