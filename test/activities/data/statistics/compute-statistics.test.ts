import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contractOf, timestamp } from '../../../../activities/data/contract/index.js';
import { withDuckDb } from '../../../../activities/data/duckdb.js';
import { literal } from '../../../../activities/data/sql.js';
import { computeStatistics } from '../../../../activities/data/statistics/compute-statistics.js';
import type { NumberStatistics } from '../../../../activities/data/statistics/statistics.js';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-statistics-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function statisticsOf(values: readonly (string | number | boolean | null)[], schema: z.ZodType, type: string) {
  const column = contractOf(z.object({ x: schema })).columns[0]!;
  const rows = `(SELECT CAST(x AS ${type}) AS x FROM (VALUES ${values.map((value) => `(${literal(value)})`).join(', ')}) t(x))`;
  return withDuckDb({ scratch }, (db) => computeStatistics(db, rows, values.length, column));
}

describe('computeStatistics', () => {
  it('agrees with the definitions for any numbers', async () => {
    const numbers = fc.array(fc.option(fc.integer({ min: -300, max: 300 }), { freq: 8 }), {
      minLength: 1,
      maxLength: 400,
    });
    await fc.assert(
      fc.asyncProperty(numbers, async (values) => {
        const found = (await statisticsOf(values, z.int().nullable(), 'BIGINT')) as NumberStatistics;
        const present = values.filter((value) => value !== null).sort((a, b) => a - b);
        expect(found).toMatchObject({
          count: present.length,
          nulls: values.length - present.length,
          distinct: new Set(present).size,
        });
        if (present.length === 0) {
          expect(found).toMatchObject({ summary: null, histogram: [] });
          return;
        }
        const mean = present.reduce((a, b) => a + b) / present.length;
        const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length;
        expect(found.summary!.mean).toBeCloseTo(mean, 8);
        expect(found.summary!.std).toBeCloseTo(Math.sqrt(variance), 8);
        expect(found.summary).toMatchObject({ min: present[0], max: present[present.length - 1] });
        expect(found.summary!.quantiles.p50).toBe(present[Math.ceil(present.length / 2) - 1]);
        expect(found.summary!.quantiles.p95).toBe(present[Math.ceil(0.95 * present.length) - 1]);
        expectHistogram(found, present);
      }),
      { numRuns: 25 },
    );
  });

  function expectHistogram({ histogram }: NumberStatistics, present: readonly number[]) {
    for (const [index, { low, high, count }] of histogram.entries()) {
      expect(count).toBe(present.filter((value) => value > low && value < high).length);
      if (index > 0) expect(low).toBeGreaterThanOrEqual(histogram[index - 1]!.high);
    }
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(present.length);
  }

  it('keeps frequent fractions as single values', async () => {
    const values = [...Array(50).fill(0.5), ...Array.from({ length: 950 }, (_, i) => 1 + i / 7)];
    const { histogram } = (await statisticsOf(values, z.number(), 'DOUBLE')) as NumberStatistics;
    expect(histogram[0]).toEqual({ low: 0.5, high: 0.5, count: 50 });
    expect(histogram.length).toBeGreaterThan(90);
    expect(histogram.length).toBeLessThanOrEqual(101);
  });

  it('counts texts and truth values, the most frequent first', async () => {
    expect(await statisticsOf(['b', 'a', 'b', null, 'x'.repeat(300)], z.string().nullable(), 'VARCHAR')).toEqual({
      name: 'x',
      kind: 'text',
      count: 4,
      nulls: 1,
      distinct: 3,
      top: [
        { value: 'b', count: 2 },
        { value: 'a', count: 1 },
      ],
    });
    expect(await statisticsOf([true, true, false], z.boolean(), 'BOOLEAN')).toMatchObject({
      top: [
        { value: 'true', count: 2 },
        { value: 'false', count: 1 },
      ],
    });
  });

  it('gives times in milliseconds', async () => {
    const found = await statisticsOf(['2001-01-01 00:00:00', '2001-01-01 00:00:01'], timestamp(), 'TIMESTAMP');
    expect(found).toMatchObject({
      kind: 'time',
      summary: { min: Date.UTC(2001, 0, 1), max: Date.UTC(2001, 0, 1) + 1000 },
    });
  });
});
