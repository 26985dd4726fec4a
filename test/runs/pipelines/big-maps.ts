import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { map, match, pipeline, reject, step, when, z } from 'pawl';
import { addLight } from './steps.js';

const Item = z.object({ id: z.string(), n: z.int(), text: z.string() });

const makeItems = step(
  'make-items',
  { input: z.object({ count: z.int(), bytes: z.int() }), output: z.object({ items: z.array(Item) }) },
  ({ count, bytes }) => ({
    items: Array.from({ length: count }, (_, n) => ({ id: `item-${n}`, n, text: 'x'.repeat(bytes) })),
  }),
);

const sum = step(
  'sum',
  {
    input: z.object({ numbers: z.array(z.number().nullable()) }),
    output: z.object({ count: z.int(), sum: z.number(), gaps: z.array(z.int()), inOrder: z.boolean() }),
  },
  ({ numbers }) => {
    const there = numbers.filter((each) => each !== null);
    return {
      count: numbers.length,
      sum: there.reduce((all, each) => all + each, 0),
      gaps: numbers.flatMap((each, index) => (each === null ? [index] : [])),
      inOrder: there.every((each, index) => index === 0 || each > there[index - 1]!),
    };
  },
);

/** Writes a line for each call, and does what is asked of it. */
const work = step(
  'work',
  {
    input: z.object({ n: z.int(), file: z.string(), bad: z.array(z.int()), rejects: z.int(), ms: z.number() }),
    output: z.object({ n: z.int(), run: z.string(), key: z.string() }),
    retry: { attempts: 1 },
    heartbeat: '3s',
  },
  async ({ n, file, bad, rejects, ms }, ctx) => {
    await appendFile(file, `${n}\n`);
    if (n === rejects) return ctx.reject('not this one', { n });
    if (bad.includes(n) && !existsSync(`${file}-mended`)) throw new Error(`${n} is bad`);
    if (ms > 0) await waitFor(ms, ctx.signal);
    return { n, run: ctx.run.id, key: ctx.key };
  },
);

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, fail) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      fail(signal.reason);
    });
  });
}

const runs = step(
  'runs',
  {
    input: z.object({ all: z.array(z.object({ n: z.int(), run: z.string(), key: z.string() }).nullable()) }),
    output: z.object({ count: z.int(), runs: z.array(z.string()), keys: z.int(), gaps: z.array(z.int()) }),
  },
  ({ all }) => ({
    count: all.length,
    runs: [...new Set(all.flatMap((each) => each?.run ?? []))],
    keys: new Set(all.flatMap((each) => each?.key ?? [])).size,
    gaps: all.flatMap((each, index) => (each === null ? [index] : [])),
  }),
);

/** Maps over lists that no single workflow would run. */
export default pipeline(
  'big-maps',
  {
    params: z.object({
      kind: z.enum(['light', 'work', 'bears', 'inline', 'nested', 'reject', 'bad-list']),
      count: z.int().default(0),
      bytes: z.int().default(0),
      file: z.string().default('/dev/null'),
      bad: z.array(z.int()).default([]),
      rejects: z.int().default(-1),
      ms: z.number().default(0),
      numbers: z.array(z.int()).default([]),
      groups: z.array(z.string()).default([]),
    }),
    hold: '1h',
  },
  ({ kind, count, bytes, file, bad, rejects, ms, numbers, groups }) =>
    match(kind, {
      light: () => {
        const { items } = makeItems({ count, bytes });
        const one = addLight({ n: 0 }, { id: 'one' });
        const results = map(items, (item) => sumOf({ a: addLight({ n: item.n }).n, b: one.n }).n, {
          key: (item) => item.id,
          concurrency: 50,
        });
        return sum({ numbers: results });
      },
      work: () => {
        const { items } = makeItems({ count, bytes });
        const all = map(items, (item) => work({ n: item.n, file, bad, rejects, ms }), { key: (item) => item.id });
        return runs({ all });
      },
      bears: () => {
        const { items } = makeItems({ count, bytes });
        const all = map(items, (item) => work({ n: item.n, file, bad, rejects, ms }), {
          key: (item) => item.id,
          minSuccess: '90%',
        });
        return runs({ all });
      },
      inline: () => sum({ numbers: map(numbers, (n) => addLight({ n }).n) }),
      nested: () =>
        map(groups, (group) => {
          const inner = map(numbers, (n) => sumOf({ a: addLight({ n }).n, b: lengthOf({ text: group }).n }).n, {
            id: 'inner',
          });
          return sum({ numbers: inner }).sum;
        }),
      reject: () => {
        const { items } = makeItems({ count, bytes });
        return map(items, (item) => when(isN({ n: item.n, is: rejects }).yes, () => reject({ at: item.n, by: file })), {
          key: (item) => item.id,
        });
      },
      'bad-list': () => {
        const { items } = makeItems({ count, bytes });
        return map(items, (item) => addLight({ n: item.n }).n, { key: (item) => item.text });
      },
    }),
);

const sumOf = step(
  'sum-of',
  { input: z.object({ a: z.number(), b: z.number() }), output: z.object({ n: z.number() }), light: true },
  ({ a, b }) => ({ n: a + b }),
);
const lengthOf = step(
  'length-of',
  { input: z.object({ text: z.string() }), output: z.object({ n: z.number() }), light: true },
  ({ text }) => ({ n: text.length }),
);
const isN = step(
  'is-n',
  { input: z.object({ n: z.int(), is: z.int() }), output: z.object({ yes: z.boolean() }), light: true },
  ({ n, is }) => ({ yes: n === is }),
);
