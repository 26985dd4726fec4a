/**
 * Distances between two distributions over the same bins. Shares are not negative and sum to 1.
 */
export type Shares = readonly number[];

/** Largest difference of a share, 0 to 1: `max |pᵢ - qᵢ|`. */
export function lInfinity(p: Shares, q: Shares): number {
  return p.reduce((largest, share, bin) => Math.max(largest, Math.abs(share - q[bin]!)), 0);
}

/**
 * Jensen–Shannon divergence in bits, 0 (the same) to 1 (nothing in common): the mean Kullback–Leibler divergence from
 * the mixture of the two (J. Lin, 1991).
 */
export function jensenShannon(p: Shares, q: Shares): number {
  const sum = p.reduce((total, share, bin) => {
    const mixture = (share + q[bin]!) / 2;
    return total + divergenceTerm(share, mixture) + divergenceTerm(q[bin]!, mixture);
  }, 0);
  return Math.min(1, Math.max(0, sum / 2));
}

/** A share below this counts as this much, so that an empty bin does not make the index infinite. */
export const PSI_FLOOR = 1e-4;

/**
 * Population stability index: `Σ (qᵢ - pᵢ) · ln(qᵢ / pᵢ)`, with both shares at least {@link PSI_FLOOR}. From 0 without
 * upper limit; by custom below 0.1 is stable and above 0.25 a large shift.
 */
export function populationStability(p: Shares, q: Shares): number {
  return p.reduce((total, share, bin) => {
    const from = Math.max(share, PSI_FLOOR);
    const to = Math.max(q[bin]!, PSI_FLOOR);
    return total + (to - from) * Math.log(to / from);
  }, 0);
}

function divergenceTerm(share: number, reference: number): number {
  return share === 0 ? 0 : share * Math.log2(share / reference);
}
