import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { define, definitionSchema } from '../../../dsl/definition.js';
import { isSpilled } from '../../../plan/binding.js';
import type { Json } from '../../../plan/json.js';
import { openFolderStore } from '../../../store/index.js';
import { checkValue } from '../../../worker/activities/check.js';
import type { WorkerParts } from '../../../worker/parts.js';

const net = define('model', 'net', { layers: () => 2 });

const schemas = new Map<string, z.ZodType>([
  ['node/sign', z.object({ reason: z.string().min(3), level: z.int().default(1) })],
  [
    'node/day',
    z.object({
      day: z.codec(z.iso.date(), z.date(), { decode: (t) => new Date(t), encode: (d) => d.toISOString().slice(0, 10) }),
    }),
  ],
  ['node/any', z.record(z.string(), z.string())],
  ['pipeline/fit', z.object({ model: definitionSchema('model'), epochs: z.int().default(4) })],
  ['pipeline/whatever', z.looseObject({ n: z.int() })],
]);

let folder: string;
let parts: WorkerParts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-check-'));
  const artifacts = await openFolderStore(folder);
  const code = { load: async () => ({ schemas, definitions: new Map([['model/net', net]]) }) };
  // The check reads the artifacts and the loaded code, nothing else of a worker.
  parts = { store: { artifacts }, code } as unknown as WorkerParts;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const check = (schema: string, value: Json) => checkValue({ code: `sha256:${'0'.repeat(64)}`, schema, value }, parts);

describe('a value checked by a schema of the bundle', () => {
  test('comes back with its defaults, as it travels', async () => {
    expect(await check('node/sign', { reason: 'fine' })).toEqual({ reason: 'fine', level: 1 });
    expect(await check('node/day', { day: '2001-02-03' })).toEqual({ day: '2001-02-03' });
    expect(await check('pipeline/fit', { model: { $code: 'model/net' } })).toEqual({
      model: { $code: 'model/net' },
      epochs: 4,
    });
  });

  test('stays quoted', async () => {
    expect(await check('node/any', { $lit: { $ref: 'x' } })).toEqual({ $lit: { $ref: 'x' } });
  });

  test('becomes an artifact when it is large', async () => {
    expect(isSpilled(((await check('node/any', { text: 'x'.repeat(40_000) })) as { text: Json }).text)).toBe(true);
  });

  test('is refused with every problem, unknown fields included', async () => {
    const refusal = check('node/sign', { reason: 'x', levle: 2, level: 'high' });
    await expect(refusal).rejects.toMatchObject({ type: 'InvalidValue', retryable: false });
    await expect(refusal).rejects.toThrow(/"levle" is not a field. Did you mean "level"\?[\s\S]*reason[\s\S]*level/);
    await expect(check('node/sign', null)).rejects.toThrow('the value for "sign" does not match');
    await expect(check('pipeline/fit', {})).rejects.toThrow('the params of pipeline "fit" do not match');
  });

  test('may have more fields where the schema says so', async () => {
    expect(await check('pipeline/whatever', { n: 1, m: 2 })).toEqual({ n: 1, m: 2 });
  });

  test('needs a schema that the bundle has', async () => {
    await expect(check('node/other', 1)).rejects.toMatchObject({ type: 'InvalidPlan' });
  });
});
