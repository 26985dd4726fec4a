import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ArtifactStore } from '../../../plan/artifact.js';
import { type Quoted, quote, valueAt } from '../../../plan/binding.js';
import { canonicalJson, digestOf } from '../../../plan/canonical.js';
import type { Json, JsonObject } from '../../../plan/json.js';
import { openFolderStore } from '../../../store/index.js';
import { cacheKey } from '../../../worker/reuse/cache-key.js';
import { inputDigests } from '../../../worker/reuse/input-digests.js';
import { encodeValue } from '../../../worker/steps/values.js';

let folder: string;
let artifacts: ArtifactStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-digests-'));
  artifacts = await openFolderStore(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function keyOf(input: Quoted): Promise<string> {
  const fingerprint = digestOf('code');
  return cacheKey({
    step: 's',
    fingerprint,
    environment: null,
    linked: {},
    bundle: null,
    input: await inputDigests(input, artifacts),
  });
}

async function spill(value: Json): Promise<Quoted> {
  const { digest, bytes } = await artifacts.putJson(value);
  return { $spill: digest, bytes, path: [] };
}

/** JSON with keys that look like those of bindings, and with few values, so that equal ones come up. */
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, true, 0, 1, '', 'a', 'model/net'),
    fc.array(tie('json'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '', '$code', '$lit', '$spill'), tie('json'), { maxKeys: 2 }),
  ),
}));

test('two inputs have one key if and only if they are equal', async () => {
  await fc.assert(
    fc.asyncProperty(json, json, async (a, b) => {
      const same = canonicalJson(a) === canonicalJson(b);
      expect((await keyOf(quote(a))) === (await keyOf(quote(b)))).toBe(same);
    }),
    { numRuns: 300 },
  );
});

test('a value has one key whether it is inline, spilled whole, spilled in parts or a part of something spilled', async () => {
  const object = fc.dictionary(fc.constantFrom('a', 'b', '$code'), json, { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(object, async (value) => {
      const inline = await keyOf(quote(value));
      expect(await keyOf(await spill(value))).toBe(inline);
      expect(await keyOf(valueAt(await spill({ around: [value] }), ['around', 0]))).toBe(inline);
      if (Object.keys(value).includes('$code')) return;
      const parts = Object.entries(value).map(async ([name, part]) => [name, await spill(part)] as const);
      expect(await keyOf(Object.fromEntries(await Promise.all(parts)))).toBe(inline);
    }),
    { numRuns: 50 },
  );
});

test('what a step put out has one key however its parts were encoded', async () => {
  const value: JsonObject = { long: 'x'.repeat(40_000), words: ['a', 'b'], n: 1 };
  const encoded = await encodeValue(value, artifacts);
  expect(JSON.stringify(encoded)).toContain('$spill');
  expect(await keyOf(encoded)).toBe(await keyOf(value));
});

test('a definition is not the text that names it, and neither is a secret', async () => {
  const inputs: Quoted[] = [
    { model: { $code: 'model/net' } },
    { model: { $lit: { $code: 'model/net' } } },
    { model: { $secret: 'model/net' } },
    { model: 'model/net' },
  ];
  expect(new Set(await Promise.all(inputs.map(keyOf))).size).toBe(inputs.length);
});

test('the first of two values that is there counts, not that there were two', async () => {
  const orElse = (first: Quoted, second: Quoted): Quoted => ({ n: { $orElse: [first, second], path: ['v'] } });
  const one = await keyOf({ n: 1 });
  expect(await keyOf(orElse(await spill({ v: 1 }), { v: 2 }))).toBe(one);
  expect(await keyOf(orElse(await spill(null), { v: 1 }))).toBe(one);
});
