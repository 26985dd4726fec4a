import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, digestOf, digestOfJson, isDigest } from '../../plan/canonical.js';
import type { Json } from '../../plan/json.js';
import { jsonValue } from './arbitrary.js';

/** The same value with the keys of its objects in the other order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe('canonical JSON', () => {
  test('is JSON of the same value', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
  });

  test('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(digestOfJson(reversed(value))).toBe(digestOfJson(value));
      }),
    );
  });

  test('tells different values apart', () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(isDeepStrictEqual(a, b));
      }),
    );
  });

  test('refuses what JSON cannot carry', () => {
    expect(() => canonicalJson(undefined as unknown as Json)).toThrow('cannot be written as JSON');
  });

  test('digests are SHA-256 of UTF-8', () => {
    expect(digestOf('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(isDigest(digestOf('ü'))).toBe(true);
    expect(isDigest('sha256:abc')).toBe(false);
  });
});
