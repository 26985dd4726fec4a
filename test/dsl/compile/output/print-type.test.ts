import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { printDeclarations } from '../../../../dsl/compile/output/print-type.js';
import { settledJsonSchema } from '../../../../dsl/compile/output/settled-schema.js';
import { jsonSchemaOf } from '../../../../dsl/json-schema.js';
import { isJsonObject, type Json } from '../../../../plan/json.js';
import { type Described, describedValue } from './described-values.js';

const tsc = join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-types-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the type checker says about a module; empty when it agrees. */
async function typeCheck(text: string): Promise<string> {
  const file = join(folder, 'cases.ts');
  await writeFile(file, text);
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--ignoreConfig', '--types', ''];
  const checked = promisify(execFile)(process.execPath, [tsc, ...options, file], { maxBuffer: 1e8 });
  return checked.then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}

/** A constant of a type, and one that must not be of it. */
function checkedCase(described: Described, index: number): string {
  const { schema, good, bad } = described;
  // Going through an edge: decoded where it arrives, encoded where it leaves.
  const settled = JSON.parse(JSON.stringify(schema.encode(schema.parse(good)) ?? null)) as Json;
  return [
    printDeclarations(`In${index}`, jsonSchemaOf(schema)),
    printDeclarations(`Out${index}`, settledJsonSchema(schema)),
    `export const in${index}: In${index} = ${literal(good)};`,
    `export const out${index}: Out${index} = ${literal(settled)};`,
    ...(bad === undefined ? [] : [`// @ts-expect-error`, `export const bad${index}: Out${index} = ${literal(bad)};`]),
  ].join('\n');
}

/** One line, as an expression. An own property called `__proto__` needs its brackets. */
function literal(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, part]) => `[${JSON.stringify(key)}]: ${literal(part)}`);
  return `{ ${parts.join(', ')} }`;
}

test('values that a schema accepts have the printed type, wrong ones do not', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const cases = fc.sample(describedValue, { numRuns: 300, seed }).map(checkedCase);
  expect(cases.some((text) => text.includes('@ts-expect-error'))).toBe(true);
  expect(await typeCheck(cases.join('\n')), `seed ${seed}`).toBe('');
}, 60_000);

test('the same schema gives the same text', () => {
  const schema = jsonSchemaOf(z.object({ b: z.string(), a: z.array(z.json()) }));
  expect(printDeclarations('T', schema)).toBe(printDeclarations('T', JSON.parse(JSON.stringify(schema)) as Json));
});

test('prints descriptions, defaults, odd names, tuples and unions as a reader wants them', () => {
  interface Tree {
    readonly name: string;
    readonly children: readonly Tree[];
  }
  const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(tree) }));
  const schema = z.object({
    month: z.string().describe('The month.\nAs `2001-01`; ends a comment: */'),
    epochs: z.int().default(4),
    'odd name': z.union([z.literal('it\'s "here"'), z.null()]).optional(),
    pair: z.tuple([z.string(), z.number().optional()]),
    by: z.record(z.enum(['a', 'b']), z.boolean()),
    others: z.looseObject({ known: z.string() }),
    tree,
    free: z.json(),
    known: z.partialRecord(z.enum(['x']), z.number()),
    nothing: z.object({}),
  });
  expect(printDeclarations('T', jsonSchemaOf(schema), 'Of a run.')).toMatchInlineSnapshot(`
    "/** Of a run. */
    export interface T {
      /**
       * The month.
       * As \`2001-01\`; ends a comment: *\\/
       */
      month: string;
      /** Default: \`4\`. */
      epochs?: number;
      'odd name'?: 'it\\'s "here"' | null;
      pair: [string, number?];
      by: {
        a: boolean;
        b: boolean;
      };
      others: {
        known: string;
        [key: string]: unknown;
      };
      tree: TSchema0;
      free: TSchema1;
      known: {
        x?: number;
      };
      nothing: Record<string, unknown>;
    }

    export interface TSchema0 {
      name: string;
      children: TSchema0[];
    }

    export type TSchema1 = string | number | boolean | null | TSchema1[] | {
      [key: string]: TSchema1;
    };
    "
  `);
});
