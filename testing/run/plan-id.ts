/** The id that a node of a run has in the plan: `shares/share` for `shares[shop-2]/share`. Keys may hold brackets. */
export function planIdOf(id: string): string {
  return id.replace(/\[(?:[^\]]|\](?!\/))*\](?=\/)/g, '');
}
