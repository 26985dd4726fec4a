import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, clip, fitting, oneLine } from '../../workflows/text-bytes.js';

const text = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud83d', '\udc26', '\ue000')),
});

describe('texts by their bytes', () => {
  test('are counted as UTF-8 has them', () => {
    fc.assert(fc.property(text, (given) => void expect(bytesOf(given)).toBe(Buffer.byteLength(given))));
  });

  test('are cut between two characters', () => {
    fc.assert(
      fc.property(text, fc.nat(60), (given, bytes) => {
        const cut = clip(given, bytes);
        if (Buffer.byteLength(given) <= bytes) return void expect(cut).toBe(given);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes + 3);
        expect(given.startsWith(cut.slice(0, -1))).toBe(true);
      }),
    );
  });

  test('stay in their line, as many as fit', () => {
    expect(oneLine('a\n b|c')).toBe('a b/c');
    expect(fitting(['ab', 'é', 'c'], 6)).toEqual(['ab', 'é']);
    expect(fitting(['ab'], -1)).toEqual([]);
  });
});
