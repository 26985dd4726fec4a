import { map, match, pipeline, reject, step, waitFor, z } from 'pawl';

const join = step(
  'join',
  { input: z.object({ a: z.string(), b: z.string() }), output: z.object({ length: z.number() }) },
  ({ a, b }) => ({ length: a.length + b.length }),
);
const fail = step(
  'fail',
  {
    input: z.object({ n: z.number(), length: z.number() }),
    output: z.object({ n: z.number() }),
    retry: { attempts: 1 },
  },
  ({ n, length }) => {
    if (length > 0) throw new Error(`${n}: ${'x'.repeat(length)}`);
    return { n };
  },
);

/** Values, tables and events at the limits of what a history takes. */
export default pipeline(
  'limits',
  {
    params: z.object({
      kind: z.enum(['input', 'result', 'reject', 'faults', 'event', 'keys']),
      text: z.string().default(''),
      items: z.array(z.int()).default([]),
      length: z.int().default(0),
      keys: z.array(z.string()).default([]),
    }),
  },
  ({ kind, text, items, length, keys }) =>
    match(kind, {
      input: () => join({ a: text, b: text }).length,
      result: () => ({ a: text, b: text }),
      reject: () => reject({ a: text, b: text }),
      faults: () => map(items, (n) => fail({ n, length }).n, { minSuccess: '0%', concurrency: 500 }),
      keys: () =>
        map(keys, (key) => ({
          own: join({ a: key, b: '' }).length,
          inner: map(items, () => join({ a: key, b: '-' }).length, { id: 'each' }),
        })),
      event: () => waitFor('event', z.object({ text: z.string() })).text,
    }),
);
