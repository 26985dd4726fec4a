import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { bucketize, crossed, cyclic, standardise, vocabulary } from '../../../activities/features/feature.js';
import { type FeatureSpec, featureSpec } from '../../../activities/features/feature-spec.js';

const Trip = z.object({
  start: z.iso.datetime(),
  late: z.number().nullable(),
  length: z.number().nullable(),
  from: z.string(),
  to: z.string(),
  night: z.boolean(),
});
type Trip = z.infer<typeof Trip>;

describe('featureSpec', () => {
  test('is plain JSON', () => {
    const spec = featureSpec(Trip, {
      label: (row) => row.late.above(15),
      inputs: (row) => [
        standardise(row.length),
        bucketize(row.length, { buckets: 4 }),
        vocabulary(row.from, { as: 'index' }),
        crossed(row.from, row.to, { top: 5 }),
        cyclic(row.start, 'hour-of-day', { as: 'one-hot' }),
      ],
    });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(spec.label).toEqual({ test: 'above', column: 'late', value: 15 });
    expect(spec.inputs[3]).toMatchObject({ columns: ['from', 'to'], name: 'from-to', top: 5, as: 'one-hot' });
    expectTypeOf(spec).toEqualTypeOf<FeatureSpec<Trip>>();
  });

  test('does not offer the column the label is made of', () => {
    const leak = () =>
      featureSpec(Trip, {
        label: (row) => row.late.above(15),
        // @ts-expect-error late is the label
        inputs: (row) => [standardise(row.late)],
      });
    expect(leak).toThrow(TypeError);
  });

  test('offers only what fits the type of a column', () => {
    featureSpec(Trip, {
      label: (row) => row.night.is(true),
      inputs: (row) => [
        standardise(row.late),
        // @ts-expect-error a text has no mean
        standardise(row.from),
        // @ts-expect-error a number has no vocabulary
        vocabulary(row.length),
        // @ts-expect-error there is no such cycle
        cyclic(row.start, 'day-of-moon'),
      ],
    });
    featureSpec(Trip, {
      label: (row) => {
        // @ts-expect-error a text is not above a number
        expect(row.from.above).toBeTypeOf('function');
        return row.from.is('home');
      },
      inputs: (row) => [standardise(row.length)],
    });
  });

  test('features of one row type are not features of another', () => {
    const spec = featureSpec(Trip, { label: (row) => row.late.below(0), inputs: (row) => [standardise(row.length)] });
    // @ts-expect-error the other rows have no `late`
    const other: FeatureSpec<{ length: number }> = spec;
    expect(other.label).toEqual({ test: 'below', column: 'late', value: 0 });
  });

  test('refuses no inputs, and two index inputs of one name', () => {
    expect(() => featureSpec(Trip, { label: (row) => row.late.above(1), inputs: () => [] })).toThrow('no inputs');
    expect(() =>
      featureSpec(Trip, {
        label: (row) => row.late.above(1),
        inputs: (row) => [vocabulary(row.from, { as: 'index' }), vocabulary(row.from, { as: 'index' })],
      }),
    ).toThrow('two index inputs are called "from"');
  });
});
