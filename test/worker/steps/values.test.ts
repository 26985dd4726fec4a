import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { define } from '../../../dsl/definition.js';
import type { ArtifactStore } from '../../../plan/artifact.js';
import { isSpilled, valueAt } from '../../../plan/binding.js';
import { canonicalJson } from '../../../plan/canonical.js';
import type { Json, JsonObject } from '../../../plan/json.js';
import { openFolderStore } from '../../../store/index.js';
import { decodeValue, encodeValue, INLINE_BYTES } from '../../../worker/steps/values.js';

let folder: string;
let artifacts: ArtifactStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-values-'));
  artifacts = await openFolderStore(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const sources = () => ({ artifacts, definitions: new Map() });

describe('values on their way through a history', () => {
  test('come back as they were, keys that begin with a dollar included', async () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('$ref', '$lit', '$spill', '$code'));
    const { value } = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(value, async (original) => {
        const decoded = await decodeValue(await encodeValue(original, artifacts), sources());
        expect(decoded).toEqual(original);
      }),
      { numRuns: 300 },
    );
  });

  test('stay small: the largest parts are kept apart, the rest remains readable', async () => {
    const large = { text: 'x'.repeat(100_000), list: Array.from({ length: 9000 }, (_, i) => i), passed: true };
    const encoded = (await encodeValue(large, artifacts)) as JsonObject;
    expect(canonicalJson(encoded).length).toBeLessThanOrEqual(INLINE_BYTES);
    expect(encoded.passed).toBe(true);
    expect(isSpilled(encoded.text!)).toBe(true);
    expect(await decodeValue(encoded, sources())).toEqual(large);
  });

  test('a part of a spilled value is read from its artifact', async () => {
    const encoded = await encodeValue({ deep: { list: ['x'.repeat(50_000), 'second'] } }, artifacts);
    expect(await decodeValue(valueAt(encoded, ['deep', 'list', 1]), sources())).toBe('second');
  });

  test('definitions are put in by name; an unknown one says what to do', async () => {
    const net = define('model', 'net', { layers: 2 });
    const definitions = new Map([['model/net', net]]);
    expect(await decodeValue({ of: { $code: 'model/net' } }, { artifacts, definitions })).toEqual({ of: net });
    await expect(decodeValue({ $code: 'model/other' }, { artifacts, definitions })).rejects.toThrow(
      'has no model/other',
    );
  });
});
