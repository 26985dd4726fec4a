import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyToRows } from '../../../activities/features/apply-transform.js';
import { computeLabels } from '../../../activities/features/label.js';
import { columnsOfRows } from '../../../activities/features/rows-to-columns.js';
import { type FittedFeature, idInputsOf, type Transform, widthOf } from '../../../activities/features/transform.js';

const transformOf = (...features: FittedFeature[]): Transform => ({
  format: 1,
  label: { test: 'above', column: 'y', value: 15 },
  rows: 10,
  features,
});
const dense = (feature: FittedFeature, rows: readonly unknown[]) =>
  Array.from(applyToRows(transformOf(feature), rows).dense, (value) => Math.round(value * 1e4) / 1e4);

describe('applyTransform', () => {
  test('standardises; missing and infinite values become the mean', () => {
    const rows = [{ x: 3 }, { x: 1 }, { x: null }, {}, { x: Number.POSITIVE_INFINITY }];
    expect(dense({ kind: 'standardise', column: 'x', mean: 1, deviation: 2 }, rows)).toEqual([1, 0, 0, 0, 0]);
    expect(dense({ kind: 'standardise', column: 'x', mean: 1, deviation: 0 }, rows)).toEqual([0, 0, 0, 0, 0]);
  });

  test('puts a boundary into the upper bucket and a missing value into the last', () => {
    const feature: FittedFeature = { kind: 'bucketize', column: 'x', boundaries: [1, 2] };
    expect(dense(feature, [{ x: 0 }])).toEqual([1, 0, 0, 0]);
    expect(dense(feature, [{ x: 1 }])).toEqual([0, 1, 0, 0]);
    expect(dense(feature, [{ x: 2 }])).toEqual([0, 0, 1, 0]);
    expect(dense(feature, [{ x: null }])).toEqual([0, 0, 0, 1]);
  });

  test('gives unseen and missing texts index 0', () => {
    const entries = [['b'], ['a']];
    const rows = [{ t: 'a' }, { t: 'b' }, { t: 'z' }, { t: null }];
    const index = transformOf({ kind: 'vocabulary', columns: ['t'], name: 't', as: 'index', entries });
    expect(Array.from(applyToRows(index, rows).ids.t!)).toEqual([2, 1, 0, 0]);
    expect(idInputsOf(index)).toEqual([{ name: 't', size: 3 }]);
    expect(widthOf(index)).toBe(0);
    const oneHot: FittedFeature = { kind: 'vocabulary', columns: ['t'], name: 't', as: 'one-hot', entries };
    expect(dense(oneHot, [{ t: 'b' }, { t: 'z' }])).toEqual([0, 1, 0, 1, 0, 0]);
  });

  test('crosses two columns', () => {
    const entries = [
      ['a', 'y'],
      ['b', 'x'],
      ['a', 'never'],
    ];
    const crossed = transformOf({ kind: 'vocabulary', columns: ['s', 't'], name: 'st', as: 'index', entries });
    const rows = [
      { s: 'a', t: 'y' },
      { s: 'b', t: 'x' },
      { s: 'a', t: 'x' },
      { s: 'a', t: null },
    ];
    expect(Array.from(applyToRows(crossed, rows).ids.st!)).toEqual([1, 2, 0, 0]);
  });

  test('reads cycles from the clock of the row', () => {
    const wave: FittedFeature = { kind: 'cyclic', column: 'd', cycle: 'hour-of-day', as: 'wave' };
    expect(dense(wave, [{ d: '2001-01-01T06:00:00' }, { d: '2001-01-01 18:00' }])).toEqual([1, 0, -1, -0]);
    expect(dense(wave, [{ d: null }])).toEqual([0, 0]);
    const day: FittedFeature = { kind: 'cyclic', column: 'd', cycle: 'day-of-week', as: 'one-hot' };
    // The 1st of January 2001 was a Monday.
    expect(dense(day, [{ d: '2001-01-01' }, { d: '2001-01-07T23:59:59.999' }])).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  test('a value of the wrong type is named by row and column', () => {
    const feature: FittedFeature = { kind: 'standardise', column: 'x', mean: 0, deviation: 1 };
    expect(() => dense(feature, [{ x: 1 }, { x: 'one' }])).toThrow('row 1, column "x": "one" is not a number');
    const time: FittedFeature = { kind: 'cyclic', column: 'd', cycle: 'hour-of-day', as: 'wave' };
    expect(() => dense(time, [{ d: '2001-02-30' }])).toThrow('row 0, column "d": "2001-02-30" is not a time');
  });

  test('rows never depend on each other', () => {
    const transform = transformOf(
      { kind: 'standardise', column: 'x', mean: 2, deviation: 3 },
      { kind: 'bucketize', column: 'x', boundaries: [-5, 0, 5] },
      {
        kind: 'vocabulary',
        columns: ['s', 't'],
        name: 'st',
        as: 'one-hot',
        entries: [
          ['a', 'a'],
          ['b', 'a'],
        ],
      },
    );
    const text = fc.constantFrom('a', 'b', 'c', null);
    const row = fc.record({ x: fc.option(fc.integer({ min: -9, max: 9 })), s: text, t: text });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const together = Array.from(applyToRows(transform, rows).dense);
        expect(together).toEqual(rows.flatMap((one) => Array.from(applyToRows(transform, [one]).dense)));
      }),
    );
  });
});

describe('computeLabels', () => {
  test('leaves rows without the column unlabelled', () => {
    const numbers = columnsOfRows([{ y: 15 }, { y: 16 }, { y: null }], new Map([['y', 'number']]));
    expect(Array.from(computeLabels({ test: 'above', column: 'y', value: 15 }, numbers))).toEqual([0, 1, -1]);
    expect(Array.from(computeLabels({ test: 'at-least', column: 'y', value: 15 }, numbers))).toEqual([1, 1, -1]);
    const texts = columnsOfRows([{ y: true }, { y: false }, {}], new Map([['y', 'text']]));
    expect(Array.from(computeLabels({ test: 'is', column: 'y', value: 'true' }, texts))).toEqual([1, 0, -1]);
  });
});
