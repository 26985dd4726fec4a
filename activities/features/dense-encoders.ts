import { CYCLES, type Cycle, phaseOfCycle, stepOfCycle } from './calendar.js';

/** Fills some columns of the dense input for some rows. `into` holds zeros there. */
export interface DenseEncoder {
  readonly width: number;
  /** @param offset Of the encoder's first number in a row of `stride` numbers. */
  fill(rows: Uint32Array, into: Float32Array, stride: number, offset: number): void;
}

/** See `standardise`. */
export function standardiseEncoder(values: Float64Array, mean: number, deviation: number): DenseEncoder {
  const scale = deviation > 0 ? 1 / deviation : 0;
  return forEachRow(1, values, (value, into, at) => {
    into[at] = (value - mean) * scale;
  });
}

/** See `bucketize`: the last input is for missing values. */
export function bucketEncoder(values: Float64Array, boundaries: readonly number[]): DenseEncoder {
  const missing = boundaries.length + 1;
  const fill: DenseEncoder['fill'] = (rows, into, stride, offset) => {
    for (let i = 0; i < rows.length; i += 1) {
      const value = values[rows[i]!]!;
      into[i * stride + offset + (Number.isFinite(value) ? bucketOf(value, boundaries) : missing)] = 1;
    }
  };
  return { width: boundaries.length + 2, fill };
}

/** See `vocabulary`: one input for each index. */
export function oneHotEncoder(indexes: (row: number) => number, width: number): DenseEncoder {
  const fill: DenseEncoder['fill'] = (rows, into, stride, offset) => {
    for (let i = 0; i < rows.length; i += 1) into[i * stride + offset + indexes(rows[i]!)] = 1;
  };
  return { width, fill };
}

/** See `cyclic`. */
export function cyclicEncoder(times: Float64Array, cycle: Cycle, as: 'wave' | 'one-hot'): DenseEncoder {
  if (as === 'one-hot') {
    return forEachRow(CYCLES[cycle], times, (time, into, at) => {
      into[at + stepOfCycle(cycle, time)] = 1;
    });
  }
  return forEachRow(2, times, (time, into, at) => {
    const angle = 2 * Math.PI * phaseOfCycle(cycle, time);
    into[at] = Math.sin(angle);
    into[at + 1] = Math.cos(angle);
  });
}

/** Leaves the zeros where a value is missing. */
function forEachRow(
  width: number,
  values: Float64Array,
  write: (value: number, into: Float32Array, at: number) => void,
): DenseEncoder {
  const fill: DenseEncoder['fill'] = (rows, into, stride, offset) => {
    for (let i = 0; i < rows.length; i += 1) {
      const value = values[rows[i]!]!;
      if (Number.isFinite(value)) write(value, into, i * stride + offset);
    }
  };
  return { width, fill };
}

/** Number of boundaries that are at most the value. */
function bucketOf(value: number, boundaries: readonly number[]): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (boundaries[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
