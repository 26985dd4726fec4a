import type { z } from 'zod';
import type { ColumnContract } from './contract.js';
import { readDomain } from './domain-of.js';
import { refusal } from './refusal.js';

type Schema = z.core.$ZodType;

/** What the wrappers around a column's schema say. */
interface Wrapping {
  nullable: boolean;
  optional: boolean;
  default?: ColumnContract['default'];
}

/** One column of a row schema. @throws PawlError `InvalidPlan` for what SQL cannot check. */
export function readColumn(name: string, schema: Schema): ColumnContract {
  const wrapping: Wrapping = { nullable: false, optional: false };
  const { nullable, ...domain } = readDomain(name, unwrap(name, schema, wrapping));
  return {
    name,
    ...domain,
    nullable: wrapping.nullable || nullable,
    optional: wrapping.optional,
    ...(wrapping.default === undefined ? {} : { default: wrapping.default }),
  };
}

const WRAPPERS: ReadonlySet<string> = new Set(['nullable', 'optional', 'nonoptional', 'default', 'readonly']);

/** Takes the wrappers off, from the outermost: an outer one decides what an inner one left open. */
function unwrap(name: string, schema: Schema, wrapping: Wrapping): Schema {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (WRAPPERS.has(def.type)) refuseChecks(name, schema);
  switch (def.type) {
    case 'nullable':
      wrapping.nullable = true;
      return unwrap(name, def.innerType, wrapping);
    case 'optional':
      wrapping.optional = true;
      return unwrap(name, def.innerType, wrapping);
    case 'nonoptional': {
      const inner = unwrap(name, def.innerType, wrapping);
      wrapping.optional = false;
      delete wrapping.default;
      return inner;
    }
    case 'default':
      wrapping.default ??= readDefault(name, def.defaultValue);
      return unwrap(name, def.innerType, wrapping);
    case 'readonly':
      return unwrap(name, def.innerType, wrapping);
    default:
      return schema;
  }
}

function readDefault(name: string, value: unknown): ColumnContract['default'] {
  if (value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) {
    return value as ColumnContract['default'];
  }
  throw refusal(name, `the default ${String(value)} is not a JSON scalar`, 'Give a text, number, boolean or null.');
}

/** Checks on a wrapper, as `z.int().nullable().check(…)` makes them, would see null as well. */
function refuseChecks(name: string, schema: Schema): void {
  if ((schema._zod.def.checks ?? []).length === 0) return;
  throw refusal(
    name,
    'a condition stands outside of nullable, optional or default',
    'Put it inside: z.int().min(0).nullable().',
  );
}
