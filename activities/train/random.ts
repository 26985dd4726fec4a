/** A stream of numbers, evenly spread from 0 to below 1. */
export type Random = () => number;

/**
 * The generator xoshiro128** of Blackman and Vigna (https://prng.di.unimi.it), its state filled from the seeds by
 * splitmix32. The same seeds give the same numbers on any machine.
 */
export function makeRandom(...seeds: readonly number[]): Random {
  const next = splitmix(seeds);
  let [a, b, c, d] = [next(), next(), next(), next()];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
}

function splitmix(seeds: readonly number[]): () => number {
  let state = 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  for (const seed of seeds) state = next() ^ seed;
  return next;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** The order in which an epoch goes through `rows`: shuffled after Fisher and Yates, by seed and epoch alone. */
export function shuffledRows(rows: Uint32Array, seed: number, epoch: number): Uint32Array {
  const order = rows.slice();
  const random = makeRandom(seed, epoch, 1);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const held = order[last]!;
    order[last] = order[other]!;
    order[other] = held;
  }
  return order;
}

/**
 * Makes everything that TensorFlow.js draws for itself repeatable: initial weights and dropout masks that have no seed
 * of their own take one from `Math.random`. Only for a process of its own. Seeding again at each epoch means that a
 * resumed training draws what an uninterrupted one would.
 */
export function seedProcess(seed: number, epoch: number): void {
  Math.random = makeRandom(seed, epoch, 2);
}
