import { describe, expectTypeOf, test } from 'vitest';
import {
  bucketize,
  crossed,
  cyclic,
  type FeatureSpec,
  featureSpec,
  standardise,
  vocabulary,
} from '../../../activities/index.js';
import { z } from '../../../dsl/index.js';

const Flight = z.object({
  date: z.string(),
  delay: z.number().nullable(),
  distance: z.number(),
  origin: z.string(),
  destination: z.string().optional(),
  cancelled: z.boolean(),
});

describe('features of a row', () => {
  test('columns are offered by their type, without the label', () => {
    const spec = featureSpec(Flight, {
      label: (row) => row.delay.above(15),
      inputs: (row) => [
        standardise(row.distance),
        bucketize(row.distance, { buckets: 4 }),
        vocabulary(row.origin),
        vocabulary(row.cancelled),
        crossed(row.origin, row.destination),
        cyclic(row.date, 'hour-of-day'),
      ],
    });
    expectTypeOf(spec).toEqualTypeOf<FeatureSpec<z.infer<typeof Flight>>>();
  });

  test('a leaked label is a type error', () => {
    const leak = () =>
      featureSpec(Flight, {
        label: (row) => row.delay.above(15),
        // @ts-expect-error the label is not offered
        inputs: (row) => [standardise(row.delay)],
      });
    const taken = () =>
      featureSpec(Flight, {
        label: (row) => row.cancelled.is(true),
        // @ts-expect-error the label is not offered
        inputs: ({ cancelled }) => [vocabulary(cancelled)],
      });
    expectTypeOf([leak, taken]).toBeArray();
  });

  test('columns of another kind, and columns that do not exist', () => {
    const inputs = () => [
      featureSpec(Flight, {
        label: (row) => row.delay.above(15),
        // @ts-expect-error a text cannot be standardised
        inputs: (row) => [standardise(row.origin)],
      }),
      featureSpec(Flight, {
        label: (row) => row.delay.above(15),
        // @ts-expect-error a number has no vocabulary
        inputs: (row) => [vocabulary(row.distance)],
      }),
      featureSpec(Flight, {
        label: (row) => row.delay.above(15),
        // @ts-expect-error no such column
        inputs: (row) => [standardise(row.speed)],
      }),
    ];
    const labels = () => [
      // @ts-expect-error a text is not above a number
      featureSpec(Flight, { label: (row) => row.origin.above(15), inputs: () => [] }),
      // @ts-expect-error a number is not compared for equality
      featureSpec(Flight, { label: (row) => row.delay.is(15), inputs: () => [] }),
      // @ts-expect-error not a value of the column
      featureSpec(Flight, { label: (row) => row.cancelled.is('yes'), inputs: () => [] }),
    ];
    expectTypeOf([inputs, labels]).toBeArray();
  });
});
