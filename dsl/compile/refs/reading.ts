import { isBuiltin } from 'node:module';
import type { RefCode } from './misuse.js';
import { containsRef, type Value } from './value.js';

/** That a function looks at a ref it is given, and under which code that is reported. */
export interface Reading {
  readonly code: RefCode;
  /** The function's name; absent where the code says it all. */
  readonly reader?: string;
}

/** Functions that need the value itself; those that only keep or pass it on are not among them. */
const READERS = new Set([
  'String',
  'Number',
  'BigInt',
  'Symbol',
  'parseInt',
  'parseFloat',
  'isNaN',
  'isFinite',
  'encodeURI',
  'encodeURIComponent',
  'decodeURI',
  'decodeURIComponent',
  'structuredClone',
  'btoa',
  'atob',
  'fetch',
  'Array.from',
  'Array.isArray',
  'Buffer.from',
  'Date.parse',
  'Date.UTC',
  'JSON.parse',
  'Object.keys',
  'Object.values',
  'Object.entries',
  'Object.fromEntries',
  'Object.hasOwn',
  'Object.getOwnPropertyNames',
  'String.raw',
  'new Date',
  'new Array',
  'new BigInt',
  'new Error',
  'new Map',
  'new Number',
  'new RegExp',
  'new Set',
  'new String',
  'new URL',
  'new URLSearchParams',
]);

const READING_FAMILIES = /^(Math|Number|Reflect|console|Intl)\.|^new Intl\./;

/** How a function reads an argument; undefined when it does not, or nobody can tell. */
export function readingOf(callee: Value, argument: Value, index: number): Reading | undefined {
  if (callee.kind === 'package') return packageReading(callee.specifier, callee.name, argument);
  if (callee.kind !== 'global') return undefined;
  const { name } = callee;
  if (name === 'JSON.stringify') return index === 0 && isCertain(argument) ? { code: 'ref-in-json' } : undefined;
  if (argument.kind !== 'ref') return undefined;
  if (name === 'Boolean') return { code: 'ref-in-condition' };
  if (name === 'Object.is') return { code: 'ref-in-comparison' };
  if (name === 'Object.assign') return { code: index === 0 ? 'ref-assigned' : 'ref-spread' };
  if (!READERS.has(name) && !READING_FAMILIES.test(name)) return undefined;
  return { code: 'ref-in-call', reader: `\`${name}\`` };
}

/** Node's own functions work with values; what others do with what they are given, nobody can tell. */
function packageReading(specifier: string, name: string, argument: Value): Reading | undefined {
  if (argument.kind !== 'ref' || !isBuiltin(specifier)) return undefined;
  return { code: 'ref-in-call', reader: `\`${name}\` of ${specifier}` };
}

/** An optional ref may have been left out here. */
function isCertain(value: Value): boolean {
  if (value.kind !== 'structure') return value.kind === 'ref';
  return containsRef(value) && [value.rest, ...value.properties.values()].some(isCertain);
}
