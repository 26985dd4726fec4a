import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Interrupted } from '../../../cli/params/ask-params.js';
import { resolveParams } from '../../../cli/params/read-params.js';
import { z } from '../../../dsl/index.js';
import { jsonSchemaOf } from '../../../dsl/json-schema.js';
import { until } from '../../support/until.js';

const params = z.object({
  month: z
    .string()
    .regex(/^\d{4}-\d\d$/, 'a month, as 2001-01')
    .describe('Month to train on'),
  mode: z.enum(['fast', 'exact']),
  epochs: z.int().min(1).default(4),
  tags: z.array(z.string()).min(1),
  opts: z.object({ depth: z.int().max(9), dropout: z.number().default(0) }),
});

/** Somebody at a terminal, who answers each question with the next line. */
function terminal() {
  const input = new PassThrough();
  const output = new PassThrough().setEncoding('utf8');
  let said = '';
  output.on('data', (text: string) => {
    said += text;
  });
  return {
    ask: { input, output },
    // Colours are on where CI is set, terminal or not.
    said: () => stripVTControlCharacters(said),
    input,
  };
}

const read = (argv: readonly string[], ask: ReturnType<typeof terminal>['ask'] | null) =>
  resolveParams(
    { plan: { pipeline: 'sample', params: jsonSchemaOf(params) }, pipeline: { params } },
    { argv, ask, hint: 'hint', taken: new Set() },
  );

describe('questions', () => {
  test('are asked for what is required and missing, again with the reason where an answer does not fit', async () => {
    const { ask, said, input } = terminal();
    const reading = read(['--mode', 'fast'], ask);
    const lines = ['2001', '2001-01', 'a, b', 'x', '12', '3'];
    for (const [index, line] of lines.entries()) {
      await until(() => said().split('>: ').length > index + 1);
      input.write(`${line}\n`);
    }
    expect(await reading).toEqual({ mode: 'fast', month: '2001-01', tags: ['a', 'b'], opts: { depth: 3 } });
    expect(said()).toBe(
      [
        'Month to train on\nmonth <text>:   a month, as 2001-01; it is "2001"\n',
        'month <text>: tags <text...>: opts.depth <integer>:   "x" is not a number\n',
        'opts.depth <integer>:   Too big: expected number to be <=9; it is 12\n',
        'opts.depth <integer>: ',
      ].join(''),
    );
  });

  test('are not asked where something else is wrong already', async () => {
    const { ask, said } = terminal();
    await expect(read(['--mode', 'slow'], ask)).rejects.toThrow('mode: "slow" is not one of the values');
    expect(said()).toBe('');
  });

  test('are not asked where nobody sits', async () => {
    await expect(read(['--mode', 'fast'], null)).rejects.toThrow('month: is required: --month <text>');
  });

  test('end at the end of input', async () => {
    const { ask, said, input } = terminal();
    const reading = read(['--mode', 'fast'], ask);
    const outcome = expect(reading).rejects.toThrow(Interrupted);
    await until(() => said().includes('month'));
    input.end();
    await outcome;
  });
});
