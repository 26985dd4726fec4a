import { setTimeout as pause } from 'node:timers/promises';
import { pipeline, reject, step, when, z } from 'pawl';

const price = step(
  'price',
  {
    input: z.object({ item: z.string(), count: z.int(), waitMs: z.int() }),
    output: z.object({
      item: z.string(),
      total: z.number(),
      dear: z.boolean(),
      note: z.string().optional(),
      at: z.codec(z.iso.datetime(), z.date(), { decode: (iso) => new Date(iso), encode: (date) => date.toISOString() }),
    }),
    retry: { attempts: 1 },
  },
  async ({ item, count, waitMs }, ctx) => {
    await pause(waitMs, undefined, { signal: ctx.signal });
    if (count === 13) throw new Error('the price list has no thirteen');
    return { item, total: count * 2.5, dear: count > 100, at: new Date(0) };
  },
);

/** Prices an order; what is too dear is rejected. */
export default pipeline(
  'test-orders',
  {
    params: z.object({
      item: z.string().describe('What is ordered.'),
      count: z.int().default(1),
      waitMs: z.int().default(0),
    }),
    hold: '2s',
  },
  ({ item, count, waitMs }) => {
    const priced = price({ item, count, waitMs });
    const paid = when(
      priced.dear,
      () => reject(priced),
      () => ({ total: priced.total }),
    );
    return { paid, note: priced.note, at: priced.at };
  },
);
