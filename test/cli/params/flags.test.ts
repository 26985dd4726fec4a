import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ParamTarget } from '../../../cli/params/param-target.js';
import { resolveParams } from '../../../cli/params/read-params.js';
import { z } from '../../../dsl/index.js';
import { jsonSchemaOf } from '../../../dsl/json-schema.js';
import type { Json, JsonObject } from '../../../plan/json.js';

const targetOf = (params: z.ZodObject): ParamTarget => ({
  plan: { pipeline: 'sample', params: jsonSchemaOf(params) },
  pipeline: { params },
});

interface Given {
  readonly params?: string;
  readonly paramsFile?: string;
  readonly taken?: readonly string[];
}

const read = (params: z.ZodObject, argv: readonly string[], { taken = [], ...base }: Given = {}) =>
  resolveParams(targetOf(params), { argv, ask: null, hint: 'hint', taken: new Set(taken), ...base });

const mistakes = async (params: z.ZodObject, argv: readonly string[], given?: Given): Promise<readonly string[]> => {
  const error: unknown = await read(params, argv, given).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('nothing was wrong');
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
};

describe('flags', () => {
  const params = z.object({
    month: z.string(),
    epochs: z.int().positive().default(4),
    rate: z.number().optional(),
    shuffle: z.boolean().default(true),
    mode: z.enum(['fast', 'exact']).default('fast'),
    tags: z.array(z.string()).default([]),
    grid: z.array(z.array(z.int())).default([]),
    note: z.string().nullable().default(null),
    limits: z.record(z.string(), z.int()).default({}),
    learningRate: z.number().default(0.1),
    size: z.tuple([z.int(), z.string()]).optional(),
    when: z.union([z.int(), z.literal('never')]).optional(),
    by: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('rows'), rows: z.int() }),
        z.object({ kind: z.literal('all') }),
      ])
      .optional(),
    opts: z.object({ lr: z.number(), deep: z.object({ batchSize: z.int() }).optional() }).optional(),
  });

  test.each<[string, string[], JsonObject]>([
    ['a value apart', ['--epochs', '6'], { epochs: 6 }],
    ['a value after =', ['--epochs=6'], { epochs: 6 }],
    ['a negative number', ['--rate', '-0.5e1'], { rate: -5 }],
    ['a switch on', ['--shuffle'], { shuffle: true }],
    ['a switch off', ['--no-shuffle'], { shuffle: false }],
    ['a switch with =', ['--shuffle=false'], { shuffle: false }],
    ['a switch with a value', ['--shuffle', 'false', '--epochs', '2'], { shuffle: false, epochs: 2 }],
    ['one of several', ['--mode', 'exact'], { mode: 'exact' }],
    ['a list by repeating', ['--tags', 'a', '--tags=b'], { tags: ['a', 'b'] }],
    ['a list as JSON', ['--tags', '["a","b"]'], { tags: ['a', 'b'] }],
    ['a text in brackets', ['--tags', '[a]'], { tags: ['[a]'] }],
    ['lists in a list', ['--grid', '[1,2]', '--grid', '[]', '--grid', '[[3]]'], { grid: [[1, 2], [3]] }],
    ['null', ['--note', 'null'], { note: null }],
    ['a record', ['--limits.low', '1', '--limits.high', '2'], { limits: { low: 1, high: 2 } }],
    ['kebab case', ['--learning-rate', '1'], { learningRate: 1 }],
    ['camel case', ['--learningRate', '1'], { learningRate: 1 }],
    ['a tuple by repeating', ['--size', '3', '--size', 'x'], { size: [3, 'x'] }],
    ['a tuple as JSON', ['--size', '[3,"x"]'], { size: [3, 'x'] }],
    ['either of two', ['--when', 'never'], { when: 'never' }],
    ['the other of two', ['--when', '3'], { when: 3 }],
    ['a union by fields', ['--by.kind', 'rows', '--by.rows', '3'], { by: { kind: 'rows', rows: 3 } }],
    ['fields', ['--opts.lr', '0.1', '--opts.deep.batch-size', '8'], { opts: { lr: 0.1, deep: { batchSize: 8 } } }],
    ['fields over JSON', ['--opts.lr', '2', '--opts', '{"lr":1}'], { opts: { lr: 2 } }],
    ['a param that is called as an option', ['--param.rate=1'], { rate: 1 }],
  ])('%s', async (_, argv, expected) => {
    expect(await read(params, ['--month', 'm', ...argv])).toEqual({ month: 'm', ...expected });
  });

  test('win over --params, and only where they say something', async () => {
    const base = { params: '{"month":"a","epochs":1,"opts":{"lr":1,"deep":{"batchSize":2}}}' };
    expect(await read(params, ['--month', 'b', '--opts.lr', '3'], base)).toEqual({
      month: 'b',
      epochs: 1,
      opts: { lr: 3, deep: { batchSize: 2 } },
    });
  });

  test.each<[string, string[], string]>([
    ['an unknown flag', ['--mnth', 'x'], '✖ --mnth: is not a param. Did you mean "--month"?'],
    ['an unknown field', ['--opts.rl', '1'], '✖ --opts.rl: is not a param. Did you mean "--opts.lr"?'],
    ['a text for a number', ['--epochs', 'six'], '✖ epochs: "six" is not a number'],
    ['a fraction for a whole number', ['--epochs', '1.5'], '✖ epochs: "1.5" is not a whole number'],
    [
      'a word for a switch',
      ['--shuffle=maybe'],
      '✖ shuffle: "maybe" is not one of the values. There are: true, false.',
    ],
    ['a switch off with a value', ['--no-shuffle=1'], '✖ shuffle: --no-shuffle takes no value'],
    ['what is not in an enum', ['--mode', 'fsat'], '✖ mode: "fsat" is not one of the values. Did you mean "fast"?'],
    ['out of range', ['--epochs', '0'], '✖ epochs: Too small: expected number to be >0; it is 0'],
    ['a flag without its value', ['--rate', '--shuffle'], '✖ rate: --rate needs a value'],
    ['a flag given twice', ['--rate', '1', '--rate', '2'], '✖ rate: is given twice'],
    ['what is no flag', ['2001-01'], '✖ "2001-01" is neither a flag nor a flag\'s value: write --NAME VALUE'],
    ['a short flag', ['-m', 'x'], '✖ "-m" is neither a flag nor a flag\'s value: write --m'],
    ['an item too many', ['--size', '1', '--size', 'x', '--size', 'y'], '✖ size: "y" is one item too many'],
    ['what is no object', ['--opts', '3'], '✖ opts: "3" is not a JSON object'],
  ])('names %s', async (_, argv, expected) => {
    expect(await mistakes(params, ['--month', 'm', ...argv])).toContain(expected);
  });

  test('names all mistakes at once, each once', async () => {
    const argv = ['--epochs', 'six', '--mode', 'slow', '--wat', '1', '--opts.deep.batch-size', 'x'];
    expect(await mistakes(params, argv)).toEqual([
      '✖ epochs: "six" is not a number',
      '✖ mode: "slow" is not one of the values. There are: fast, exact.',
      expect.stringContaining('--wat: is not a param'),
      '✖ opts.deep.batchSize: "x" is not a number',
      '✖ month: is required: --month <text>',
    ]);
  });

  test('tell the prefix of a param that is called as an option', async () => {
    expect(await mistakes(params, [], { taken: ['month'] })).toEqual(['✖ month: is required: --param.month <text>']);
  });

  test('--params that is no JSON, or no object, is told without more', async () => {
    expect(await mistakes(params, [], { params: '{' })).toEqual([expect.stringContaining('--params: is not JSON')]);
    expect(await mistakes(params, [], { params: '[]' })).toEqual([expect.stringContaining('is not a JSON object')]);
    expect(await mistakes(params, [], { paramsFile: '/nowhere.json' })).toEqual([
      expect.stringContaining('--params-file: cannot be read: ENOENT'),
    ]);
  });

  test('names that --params has and nobody knows are told, nested ones too', async () => {
    expect(await mistakes(params, [], { params: '{"month":"m","epoch":1,"opts":{"lr":1,"rate":2}}' })).toEqual([
      '✖ epoch: is not a param. Did you mean "epochs"?',
      '✖ opts.rate: is not a param. There are: lr, deep.',
    ]);
  });
});

test('refinements are checked, asynchronous ones too, and codecs travel as they were written', async () => {
  const params = z
    .object({
      from: z.int(),
      to: z.int().refine(async (to) => to < 10, 'below 10'),
      at: z
        .codec(z.string(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() })
        .optional(),
    })
    .refine(({ from, to }) => from < to, { path: ['to'], error: 'must come after from' });
  expect(await mistakes(params, ['--from', '3', '--to', '2'])).toEqual(['✖ to: must come after from']);
  expect(await mistakes(params, ['--from', '3', '--to', '12'])).toEqual(['✖ to: below 10']);
  expect(await read(params, ['--from=1', '--to=2', '--at', '2001-01-01T00:00:00.000Z'])).toMatchObject({
    at: '2001-01-01T00:00:00.000Z',
  });
});

/** A schema with a way to make its values, and one to make what it refuses. */
interface Sample {
  readonly schema: z.ZodType;
  readonly values: fc.Arbitrary<Json>;
  readonly wrong: string;
}

const leaf: fc.Arbitrary<Sample> = fc.oneof(
  fc.constant({ schema: z.string(), values: fc.string(), wrong: '' }),
  fc.constant({ schema: z.int(), values: fc.maxSafeInteger().filter((n) => !Object.is(n, -0)), wrong: 'x' }),
  fc.constant({
    schema: z.number(),
    values: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
    wrong: '1x',
  }),
  fc.constant({ schema: z.boolean(), values: fc.boolean(), wrong: 'yes' }),
  fc.constant({ schema: z.enum(['a', 'b-c', '3']), values: fc.constantFrom('a', 'b-c', '3'), wrong: 'd' }),
  fc.constant({ schema: z.literal([1, true, 'x']), values: fc.constantFrom(1, true, 'x'), wrong: '2' }),
);

const nullable = (inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  inner.map(({ schema, values, wrong }) => ({
    schema: schema.nullable(),
    values: fc.option(
      values.filter((value) => value !== 'null'),
      { nil: null },
    ),
    wrong,
  }));

const list = (inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  inner.map(({ schema, values, wrong }) => ({
    schema: z.array(schema),
    values: fc.array(values, { maxLength: 4 }),
    wrong,
  }));

const names = fc.constantFrom('month', 'epochs', 'learningRate', 'batch_size', 'maxDepth', 'x1', 'noise', 'a-b');

const object = (inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> =>
  fc
    .dictionary(names, fc.tuple(inner, fc.boolean()), { minKeys: 1, maxKeys: 5, noNullPrototype: true })
    .map((parts) => {
      const entries = Object.entries(parts);
      const shape = Object.fromEntries(
        entries.map(([name, [{ schema }, isOptional]]) => [name, isOptional ? schema.optional() : schema]),
      );
      const needed = entries.flatMap(([name, [, isOptional]]) => (isOptional ? [] : [name]));
      const values = Object.fromEntries(entries.map(([name, [sample]]) => [name, sample.values]));
      return {
        schema: z.object(shape),
        values: fc.record(values, { requiredKeys: needed }) as fc.Arbitrary<Json>,
        wrong: '[]',
      };
    });

const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof({ maxDepth: 3, depthSize: 'small' }, leaf, nullable(leaf), list(leaf), object(tie('sample'))),
}));

const withValue = object(sample).chain((made) => made.values.map((value) => ({ made, value: value as JsonObject })));

const toKebab = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();

/** Writes params as a person might: fields apart, lists by repeating where that is possible. */
function write(name: string, value: Json, style: 'own' | 'kebab'): readonly string[] {
  const flag = `--${style === 'kebab' ? toKebab(name) : name}`;
  const isText = (item: Json): item is string => typeof item === 'string';
  if (Array.isArray(value)) {
    const repeats = value.length > 0 && value.every((item) => !(isText(item) && item.trim().startsWith('[')));
    return repeats
      ? value.map((item) => `${flag}=${isText(item) ? item : JSON.stringify(item)}`)
      : [`${flag}=${JSON.stringify(value)}`];
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    return fields.length > 0 ? fields.flatMap(([key, part]) => write(`${name}.${key}`, part, style)) : [`${flag}={}`];
  }
  return [`${flag}=${isText(value) ? value : JSON.stringify(value)}`];
}

test('params written as flags are read back, whatever their schema', async () => {
  await fc.assert(
    fc.asyncProperty(withValue, fc.constantFrom('own', 'kebab'), async ({ made, value }, style) => {
      const argv = Object.entries(value).flatMap(([name, part]) => write(name, part, style));
      expect(await read(made.schema as z.ZodObject, argv)).toEqual(value);
    }),
    { numRuns: 300 },
  );
});

test('a wrong one among them is refused by its name', async () => {
  const wrongOne = leaf
    .filter(({ wrong }) => wrong !== '')
    .chain((bad) => withValue.map(({ made, value }) => ({ made, value, bad })));
  await fc.assert(
    fc.asyncProperty(wrongOne, async ({ made, value, bad }) => {
      const schema = (made.schema as z.ZodObject).extend({ planted: bad.schema });
      const argv = Object.entries(value).flatMap(([name, part]) => write(name, part, 'own'));
      const told = await mistakes(schema, [...argv, `--planted=${bad.wrong}`]);
      expect(told).toHaveLength(1);
      expect(told[0]).toContain('✖ planted: ');
    }),
    { numRuns: 200 },
  );
});
