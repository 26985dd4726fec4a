import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkRow, contractOf, timestamp, withDefaults } from '../../../../activities/data/contract/index.js';

const contract = contractOf(
  z.object({
    at: timestamp(),
    delay: z.int().max(1800),
    origin: z.string().regex(/^[A-Z]{3}$/),
    gate: z.string().nullable(),
    note: z.string().optional(),
    crew: z.int().min(1).default(2),
  }),
);
const row = { at: '2001-01-31T12:00', delay: 3, origin: 'ATL', gate: null, crew: 3 };

describe('checkRow', () => {
  it('finds nothing wrong with a good row', () => {
    expect(checkRow(contract, row)).toEqual([]);
    expect(checkRow(contract, { ...row, note: 'x', gate: 'A1' })).toEqual([]);
  });

  it('reports each problem with its column and rule', () => {
    const wrong = { at: '2001-02-30T12:00', delay: 5000.5, origin: 'atl', gate: 3, nte: 'x', crew: 0 };
    expect(checkRow(contract, wrong).map(({ message }) => message)).toEqual([
      'column "at" must be a timestamp without zone, got "2001-02-30T12:00"',
      'column "delay" must be a whole number within ±(2^53 - 1), got 5000.5',
      'column "origin" breaks the rule "matches /^[A-Z]{3}$/" with "atl"',
      'column "gate" must be a text, got 3',
      'column "crew" breaks the rule "at least 1" with 0',
      'column "nte" is not in the contract. Did you mean "note"?',
    ]);
    expect(checkRow(contract, { ...row, delay: null })).toEqual([
      { column: 'delay', rule: 'not null', message: 'column "delay" is null' },
    ]);
  });

  it('misses what has to be there, but not the columns a model is to predict', () => {
    const { delay: _, ...request } = row;
    expect(checkRow(contract, request)).toMatchObject([{ column: 'delay', rule: 'present' }]);
    expect(checkRow(contract, request, { without: ['delay'] })).toEqual([]);
    expect(checkRow(contract, { ...row, delay: 9999 }, { without: ['delay'] })).toMatchObject([{ column: 'delay' }]);
    const { gate: __, ...noGate } = row;
    expect(checkRow(contract, noGate)).toMatchObject([{ column: 'gate', rule: 'present' }]);
  });

  it('takes nothing from the prototype, and no arrays or texts for rows', () => {
    expect(checkRow(contractOf(z.object({ toString: z.string() })), {})).toHaveLength(1);
    for (const value of [null, [], 'row', 3]) expect(checkRow(contract, value)).toHaveLength(1);
  });
});

describe('withDefaults', () => {
  it('fills missing fields, never nulls', () => {
    expect(withDefaults(contract, { delay: 1 })).toEqual({ delay: 1, crew: 2 });
    expect(withDefaults(contract, { crew: null })).toEqual({ crew: null });
  });
});
