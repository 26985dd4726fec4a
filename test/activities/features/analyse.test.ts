import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withDuckDb } from '../../../activities/data/duckdb.js';
import { analyse } from '../../../activities/features/analyse.js';
import { bucketize, crossed, type Feature, standardise, vocabulary } from '../../../activities/features/feature.js';
import { featureSpec, type InputPicker } from '../../../activities/features/feature-spec.js';

const Row = z.object({ x: z.number().nullable(), s: z.string(), t: z.string(), y: z.number().nullable() });
type Inputs = InputPicker<Omit<z.infer<typeof Row>, 'y'>>;

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-analyse-'));
});
afterAll(() => rm(scratch, { recursive: true }));

const TABLE = `(VALUES (2.0, 'a', 'p', 1.0), (4.0, 'a', 'q', 20.0), (6.0, 'b', 'p', 0.0), (NULL, 'b', 'p', 3.0),
  ('nan'::DOUBLE, 'c', 'p', 1.0), (1000.0, 'zz', 'p', NULL)) AS rows(x, s, t, y)`;

function learn(inputs: (row: Inputs) => Feature[]) {
  const spec = featureSpec(Row, { label: (row) => row.y.above(15), inputs: (row) => inputs(row) });
  return withDuckDb({ scratch }, (db) => analyse(db, TABLE, spec));
}

describe('analyse', () => {
  test('learns mean and deviation from the rows that have a label and a value', async () => {
    const { rows, features } = await learn((row) => [standardise(row.x)]);
    expect(rows).toBe(5);
    expect(features).toEqual([{ kind: 'standardise', column: 'x', mean: 4, deviation: 1.63299316 }]);
  });

  test('learns boundaries that leave no bucket empty', async () => {
    const { features } = await learn((row) => [bucketize(row.x, { buckets: 3 })]);
    expect(features).toEqual([{ kind: 'bucketize', column: 'x', boundaries: [4] }]);
  });

  test('orders a vocabulary by count, then by text', async () => {
    const { features } = await learn((row) => [
      vocabulary(row.s),
      vocabulary(row.s, { top: 1 }),
      vocabulary(row.s, { minCount: 2 }),
      crossed(row.s, row.t),
    ]);
    const entries = features.map((feature) => (feature.kind === 'vocabulary' ? feature.entries : null));
    expect(entries[0]).toEqual([['a'], ['b'], ['c']]);
    expect(entries[1]).toEqual([['a']]);
    expect(entries[2]).toEqual([['a'], ['b']]);
    expect(entries[3]).toEqual([
      ['b', 'p'],
      ['a', 'p'],
      ['a', 'q'],
      ['c', 'p'],
    ]);
  });

  test('names a missing column', async () => {
    const spec = featureSpec(Row.extend({ gone: z.number() }), {
      label: (row) => row.y.above(15),
      inputs: (row) => [standardise(row.gone)],
    });
    await expect(withDuckDb({ scratch }, (db) => analyse(db, TABLE, spec))).rejects.toThrow('no column "gone"');
  });
});
